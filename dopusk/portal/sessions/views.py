"""A word from the page of an idle person: she is still here."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from dopusk.portal.sessions import access


@require_POST
def stay(request: HttpRequest) -> JsonResponse:
    """Note the session as used. Seconds until the next warning and until the end; 401 when it is over already."""
    person = access.current(request)
    if person is None:
        return JsonResponse({"code": "session_over"}, status=401)
    return JsonResponse(access.time_left(person))
