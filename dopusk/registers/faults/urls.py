"""`/faults/` for the operator."""

from django.urls import path

from dopusk.registers.faults import views

app_name = "faults"
urlpatterns = [path("", views.index, name="index")]
