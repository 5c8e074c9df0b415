"""`/signin/` with its steps, and `/signout/`."""

from django.urls import path

from dopusk.portal.signin import again_views, step_views, views

app_name = "signin"
urlpatterns = [
    path("signin/", views.signin, name="signin"),
    path("signin/passkey/options/", views.passkey_options, name="passkey_options"),
    path("signin/passkey/", views.passkey, name="passkey"),
    path("signin/locked/", views.locked, name="locked"),
    path("signin/offer/", views.offer, name="offer"),
    path("signout/", views.signout, name="signout"),
    path("signin/second/", step_views.second, name="second"),
    path("signin/second/sms/", step_views.second_sms, name="second_sms"),
    path("signin/second/passkey/options/", step_views.second_passkey_options, name="second_passkey_options"),
    path("signin/second/passkey/", step_views.second_passkey, name="second_passkey"),
    path("signin/password/", step_views.password, name="password"),
    path("signin/again/", again_views.again, name="again"),
    path("signin/again/sms/", again_views.again_sms, name="again_sms"),
    path("signin/again/passkey/options/", again_views.again_passkey_options, name="again_passkey_options"),
    path("signin/again/passkey/", again_views.again_passkey, name="again_passkey"),
]
