"""The remote evaluation of opened bids."""
