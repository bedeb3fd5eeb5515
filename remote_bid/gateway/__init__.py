"""The gateway: where browsers and clients come in."""
