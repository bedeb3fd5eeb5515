"""People: authorities, certificates, and who is behind a signature."""
