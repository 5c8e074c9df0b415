"""Calls to outside registers: time-outs, retries with backoff and jitter, a breaker, the trace id."""

from dopusk.web.outgoing.register import Register, RegisterDown, RegisterRefused

__all__ = ["Register", "RegisterDown", "RegisterRefused"]
