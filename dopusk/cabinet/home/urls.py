"""`/` and `/journal/`."""

from django.urls import path

from dopusk.cabinet.home import views

app_name = "home"
urlpatterns = [path("", views.home, name="home"), path("journal/", views.journal, name="journal")]
