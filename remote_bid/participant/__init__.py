"""Participants: what bidders, custodians, hosts, supervisors, tenderers and cosigners run on their own machines.

Nothing here trusts the server: every entry is checked against its chain, every promise against the trust file.
"""
