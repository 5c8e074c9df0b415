"""`/`."""

from django.urls import path

from dopusk.registers.home import views

app_name = "home"
urlpatterns = [path("", views.index, name="index")]
