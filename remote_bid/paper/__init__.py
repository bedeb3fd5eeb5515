"""Records as PDF/A, sealed as PAdES: what people file. Everything in them is read through the room's one redaction."""
