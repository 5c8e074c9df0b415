"""Every address of the portal, one line a slice."""

from django.urls import include, path

urlpatterns = [
    path("health/", include("dopusk.web.health.urls")),
    path("design/", include("dopusk.web.design.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("dopusk.web.delivery.urls")),
    path("", include("dopusk.portal.home.urls")),
    path("", include("dopusk.portal.sessions.urls")),
    path("", include("dopusk.portal.signin.urls")),
    path("", include("dopusk.portal.factors.urls")),
    path("security/", include("dopusk.portal.security.urls")),
    path("contacts/", include("dopusk.portal.contacts.urls")),
    path("registration/", include("dopusk.portal.registration.urls")),
    path("", include("dopusk.portal.recovery.urls")),
    path("", include("dopusk.portal.operators.urls")),
    path("desk/", include("dopusk.portal.support.urls")),
    path("desk/", include("dopusk.portal.parties.urls")),
    path("services/", include("dopusk.portal.services.urls")),
    path("consents/", include("dopusk.portal.consents.urls")),
    path("oidc/", include("dopusk.portal.oidc.urls")),
    path("", include("dopusk.portal.proofing.urls")),
    path("", include("dopusk.portal.profile.urls")),
    path("", include("dopusk.portal.esia.urls")),
    path("", include("dopusk.portal.certificates.urls")),
    # below the page that gives the cookie it is bound to
    path("signin/signature/", include("dopusk.web.signing.urls")),
]

handler403 = "dopusk.web.errors.forbidden"
handler404 = "dopusk.web.errors.not_found"
handler500 = "dopusk.web.errors.server_error"
