"""`/recovery/…` and `/not-me/…`."""

from django.urls import path

from dopusk.portal.recovery import views

app_name = "recovery"
urlpatterns = [
    path("recovery/", views.start, name="start"),
    path("recovery/code/", views.code, name="code"),
    path("recovery/again/", views.again, name="again"),
    path("recovery/more/", views.more, name="more"),
    path("recovery/data/", views.data, name="data"),
    path("recovery/factor/", views.factor, name="factor"),
    path("recovery/factor-choice/", views.factor_choice, name="factor_choice"),
    path("recovery/factor-lost/", views.factor_lost, name="factor_lost"),
    path("recovery/phone/", views.phone, name="phone"),
    path("recovery/password/", views.password, name="password"),
    path("recovery/done/", views.done, name="done"),
    path("not-me/<str:token>/", views.not_me, name="not_me"),
]
