"""Sealing: envelopes, dealt secrets, signed statements, trees of hashes. Pure, but for the stream it is given."""
