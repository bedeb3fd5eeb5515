"""The only files that touch private names of aiortc, aioice and pylibsrtp; `names.py` lists them for a test."""
