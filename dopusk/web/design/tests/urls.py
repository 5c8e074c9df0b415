"""The design's own pages under the address they have on every site, and a page that breaks."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    raise RuntimeError("broken on purpose")


urlpatterns = [
    path("design/", include("dopusk.web.design.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("broken/", broken),
]

handler403 = "dopusk.web.errors.forbidden"
handler404 = "dopusk.web.errors.not_found"
handler500 = "dopusk.web.errors.server_error"
