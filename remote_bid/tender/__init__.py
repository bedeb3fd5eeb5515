"""Tenders, lots, policies, timetables, and the safe of sealed bids."""
