"""The authority of these tests runs on this machine; Анна Орлова has a certificate of it."""

from dopusk.web.signing.tests.conftest import office

__all__ = ["office"]
