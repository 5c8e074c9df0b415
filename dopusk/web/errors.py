"""The sites' own error pages: each says what happened, what to do, and the trace id."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without a valid token: an old page, or cookies are off."""
    return render(request, "design/csrf.html", {"reason": reason}, status=403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The person may not see this."""
    return render(request, "design/403.html", {"exception": exception}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing stands at this address, or it is somebody else's."""
    return render(request, "design/404.html", {"exception": exception}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault; rendered without the request's context, whose processors may ask the database."""
    return HttpResponse(render_to_string("design/500.html"), status=500)
