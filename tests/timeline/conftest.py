"""The programs' own log stays plain here: to draw one traceback prettily takes longer than most tests."""

import structlog

structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])
