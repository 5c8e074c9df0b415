"""For the supervisor and the load balancer."""

from django.conf import settings
from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpRequest, JsonResponse


def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is touched."""
    return JsonResponse({"site": settings.SITE, "live": True})


def ready(request: HttpRequest) -> JsonResponse:
    """The database answers too: 200, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"site": settings.SITE, "ready": False}, status=503)
    return JsonResponse({"site": settings.SITE, "ready": True})
