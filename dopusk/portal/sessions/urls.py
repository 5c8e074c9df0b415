"""`/sessions/stay/`; the list of sessions is a page of slice security."""

from django.urls import path

from dopusk.portal.sessions import views

app_name = "sessions"
urlpatterns = [path("sessions/stay/", views.stay, name="stay")]
