"""Carries the media of calls: packets are forwarded and recorded as they are, by one process per core.

Knows nothing of the room but `stage.py`. Closed is the default, and every opening is a lease.
"""
