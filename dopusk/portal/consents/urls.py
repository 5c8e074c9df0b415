"""`/consents/`."""

from django.urls import path

from dopusk.portal.consents import views

app_name = "consents"
urlpatterns = [
    path("", views.list_, name="list"),
    path("give/", views.give, name="give"),
    path("<int:consent_id>/revoke/", views.revoke, name="revoke"),
]
