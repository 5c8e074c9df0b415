"""`/security/factors/`, and in the sandbox `/sandbox/code/`."""

from django.urls import path

from dopusk.portal.factors import views

app_name = "factors"
urlpatterns = [
    path("security/factors/", views.list_, name="list"),
    path("security/factors/ask/", views.ask, name="ask"),
    path("security/factors/totp/", views.totp, name="totp"),
    path("security/factors/totp/remove/", views.remove_totp, name="remove_totp"),
    path("security/factors/codes/", views.codes, name="codes"),
    path("security/factors/sms/add/", views.add_sms, name="add_sms"),
    path("security/factors/sms/remove/", views.remove_sms, name="remove_sms"),
    path("security/factors/passkeys/add/", views.add_passkey, name="add_passkey"),
    path("security/factors/passkeys/options/", views.passkey_options, name="passkey_options"),
    path("security/factors/passkeys/finish/", views.passkey_finish, name="passkey_finish"),
    path("security/factors/passkeys/<uuid:passkey>/name/", views.rename_passkey, name="rename_passkey"),
    path("security/factors/passkeys/<uuid:passkey>/remove/", views.remove_passkey, name="remove_passkey"),
    path("sandbox/code/", views.sandbox_code, name="sandbox_code"),
]
