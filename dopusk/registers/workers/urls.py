"""`/workers/` for the operator."""

from django.urls import path

from dopusk.registers.workers import views

app_name = "workers"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.show, name="show"),
]
