"""Sealing: envelopes, dealt secrets, signed statements and trees of hashes. Pure; no input or output but the stream it is given."""
