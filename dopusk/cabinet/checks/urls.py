"""`/applications/<id>/preflight/`."""

from django.urls import path

from dopusk.cabinet.checks import views

app_name = "checks"
urlpatterns = [path("<uuid:application_id>/preflight/", views.preflight, name="preflight")]
