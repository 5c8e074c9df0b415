"""The sites' own error pages: each says what happened, what to do, and the trace id.

A program is answered with problem+json (RFC 9457) of the members the registers' API gives.
"""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from dopusk.kernel import trace


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without a valid token: an old page, or cookies are off."""
    return render(request, "design/csrf.html", {"reason": reason}, status=403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The person may not see this. A refusal that knows the way out brings its own page as `template`."""
    if _is_program(request):
        return _problem(403, "forbidden", _("Сюда нет доступа"))
    page = getattr(exception, "template", "design/403.html")
    return render(request, page, {"exception": exception}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing stands at this address, or it is somebody else's."""
    if _is_program(request):
        return _problem(404, "not_found", _("По этому адресу ничего нет"))
    return render(request, "design/404.html", {"exception": exception}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault; rendered without the request's context, whose processors may ask the database."""
    return HttpResponse(render_to_string("design/500.html"), status=500)


def _is_program(request: HttpRequest) -> bool:
    """Whether the address is of the programs' door, or Accept names JSON and not HTML."""
    accept = request.headers.get("Accept", "")
    names_json = "application/json" in accept or "application/problem+json" in accept
    return request.path.startswith("/api/") or (names_json and "text/html" not in accept)


def _problem(status: int, code: str, title: str) -> HttpResponse:
    body = {
        "type": f"urn:dopusk:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "traceId": trace.current(),
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json"
    )
