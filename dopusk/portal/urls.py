"""Every address of the portal, one line a slice."""

from django.urls import include, path

urlpatterns = [
    path("health/", include("dopusk.web.health.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler403 = "dopusk.web.errors.forbidden"
handler404 = "dopusk.web.errors.not_found"
handler500 = "dopusk.web.errors.server_error"
