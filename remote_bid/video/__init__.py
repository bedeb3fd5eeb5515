"""Supervised video: calls that exist only while a supervisor and a recorder are in them."""
