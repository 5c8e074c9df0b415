"""Every address of the cabinet, one line a slice."""

from django.urls import include, path

urlpatterns = [
    path("", include("dopusk.cabinet.home.urls")),
    path("signin/", include("dopusk.cabinet.signin.urls")),
    path("profile/", include("dopusk.cabinet.specialists.urls")),
    path("documents/", include("dopusk.cabinet.documents.urls")),
    path("applications/", include("dopusk.cabinet.checks.urls")),
    path("applications/", include("dopusk.cabinet.applications.urls")),
    path("review/", include("dopusk.cabinet.review.urls")),
    path("commission/", include("dopusk.cabinet.commission.urls")),
    path("certificates/", include("dopusk.cabinet.certificates.urls")),
    path("notices/", include("dopusk.cabinet.notices.urls")),
    path("health/", include("dopusk.web.health.urls")),
    path("design/", include("dopusk.web.design.urls")),
    path("verify/", include("dopusk.cabinet.verification.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("signing/", include("dopusk.web.signing.urls")),
]

handler403 = "dopusk.web.errors.forbidden"
handler404 = "dopusk.web.errors.not_found"
handler500 = "dopusk.web.errors.server_error"
