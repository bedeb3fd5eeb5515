"""The demonstration: one opening day, played by real clients in processes of their own against a real server."""
