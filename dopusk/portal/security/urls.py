"""`/security/…`; the second step has its own slice under `/security/factors/`."""

from django.urls import path

from dopusk.portal.security import views

app_name = "security"
urlpatterns = [
    path("", views.home, name="home"),
    path("password/", views.password, name="password"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/end/", views.end, name="end"),
    path("devices/forget/", views.forget, name="forget"),
]
