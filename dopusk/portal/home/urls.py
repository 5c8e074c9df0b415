"""`/` and `/journal/`."""

from django.urls import path

from dopusk.portal.home import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("journal/", views.journal, name="journal"),
]
