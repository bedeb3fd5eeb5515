"""What is logged while a request is answered names the request, and the session that it is about."""

import secrets
from contextlib import AbstractContextManager

from structlog.contextvars import bound_contextvars


def asked(session: str) -> AbstractContextManager[object]:
    """A request's context: every line logged in it carries the request's own id, and the session if there is one."""
    known = {"session": session[:80]} if session else {}
    return bound_contextvars(request=secrets.token_hex(6), **known)
