"""What happens to every request: a trace id in, headers of safety out."""

import logging
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from dopusk.kernel import snils, trace

Handler = Callable[[HttpRequest], HttpResponse]


# a СНИЛС as addresses of the registers have it, and as people write it
SNILS = re.compile(r"(?<![0-9])(?:[0-9]{11}|[0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2})(?![0-9])")
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class TraceFilter(logging.Filter):
    """Puts the current trace id into each log record and masks what may be a СНИЛС: Django logs refused addresses.

    What ends a line or steers a terminal is written as an escape, so that nobody who is quoted writes lines of ours.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Add `trace_id`; keeps every record."""
        record.trace_id = trace.current()
        try:
            said = record.getMessage()
        except (TypeError, ValueError):  # arguments that do not fit: the handler says so in its own way
            return True
        masked = SNILS.sub(lambda found: snils.mask(re.sub("[^0-9]", "", found[0])), said)
        masked = STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), masked)
        if masked != said:
            record.msg, record.args = masked, ()
        return True


class TraceMiddleware:
    """One trace id for a request and for all that follows from it on the other sites.

    A sister site sends its id in X-Trace-Id; anything not shaped like one is replaced.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Use the caller's trace id or a new one, and give it back in the answer."""
        with trace.use(request.headers.get("X-Trace-Id", "")) as identifier:
            response = self.get_response(request)
        response["X-Trace-Id"] = identifier
        return response


class LanguageMiddleware:
    """Russian, unless the person has chosen otherwise in the footer; a browser's preference is no choice."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Speak the language of the cookie, if it is one of ours."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.setdefault("Content-Language", language)
        return response


def content_security_policy(form_action: list[str]) -> str:
    """The strict policy of every page. form_action: further origins a form may lead to by a redirect."""
    live = urlsplit(settings.LIVE_URL)
    connect = f"{live.scheme}://{live.netloc}"
    forms = " ".join(["'self'", *form_action])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self' {connect}; form-action {forms}; frame-src 'self'; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


class SecurityHeadersMiddleware:
    """Strict headers on every answer; a view widens them by `response.csp_form_action = [origin]`.

    Chromium applies form-action to the redirects that follow a form, so a sign-in form that ends at
    another site has to name that site's origin. A view that sets its own policy keeps it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.policy = content_security_policy([])

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers the answer does not have yet."""
        response = self.get_response(request)
        if "Content-Security-Policy" not in response:
            extra: list[str] | None = getattr(response, "csp_form_action", None)
            response["Content-Security-Policy"] = content_security_policy(extra) if extra else self.policy
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("X-Frame-Options", "DENY")
        response.setdefault("Referrer-Policy", "same-origin")
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.setdefault("Cache-Control", "no-store")
        if settings.SESSION_COOKIE_SECURE:
            response.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
