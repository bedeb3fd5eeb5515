"""How a command ends that cannot go on, and what it tells whoever reads its log."""

import logging
import sys
from typing import NoReturn

import structlog


def give_up(sentence: str, code: int) -> NoReturn:
    """The sentence on stderr, and this exit code."""
    print(sentence, file=sys.stderr)
    sys.exit(code)


def log_to_stderr() -> None:
    """Structured lines, for whatever collects them."""
    logging.basicConfig(level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
