"""Every address of the registers, one line a slice."""

from django.urls import include, path

from dopusk.registers.api import api

urlpatterns = [
    path("", include("dopusk.registers.home.urls")),
    path("workers/", include("dopusk.registers.workers.urls")),
    path("faults/", include("dopusk.registers.faults.urls")),
    path("api/", api.urls),
    path("pki/", include("dopusk.registers.pki.urls")),
    path("health/", include("dopusk.web.health.urls")),
    path("design/", include("dopusk.web.design.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler403 = "dopusk.web.errors.forbidden"
handler404 = "dopusk.web.errors.not_found"
handler500 = "dopusk.web.errors.server_error"
