"""The exact bytes a person is asked to sign, to her own session alone; how to sign them, to anybody."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dopusk.web.signing import actions, pages, sessions


@require_safe
def content(request: HttpRequest, challenge_id: uuid.UUID) -> HttpResponse:
    """As a file to be saved; a stranger's session, and a challenge swept away, find nothing."""
    challenge = actions.find(challenge_id, sessions.of(request))
    if challenge is None:
        raise Http404
    response = HttpResponse(challenge.content, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{pages.file_name(challenge)}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def help(request: HttpRequest) -> HttpResponse:  # noqa: A001 - named as its address
    """How to sign, and what each refusal means; q: words of a refusal."""
    asked = request.GET.get("q", "")[:100].strip()
    return render(request, "signing/help.html", {"page": pages.help_page(asked)})
