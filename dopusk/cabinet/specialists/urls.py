"""`/profile/`."""

from django.urls import path

from dopusk.cabinet.specialists import views

app_name = "specialists"
urlpatterns = [path("", views.profile, name="profile")]
