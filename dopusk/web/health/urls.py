"""`/health/live/`: the process answers. `/health/ready/`: the database answers too."""

from django.urls import path

from dopusk.web.health import views

urlpatterns = [path("live/", views.live, name="live"), path("ready/", views.ready, name="ready")]
app_name = "health"
