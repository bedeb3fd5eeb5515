"""Remote bid opening and remote bid evaluation on one ordered, checkable timeline."""

__version__ = "0.1.0"
