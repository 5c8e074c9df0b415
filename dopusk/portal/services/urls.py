"""`/services/`."""

from django.urls import path

from dopusk.portal.services import views

app_name = "services"
urlpatterns = [
    path("", views.list_, name="list"),
    path("accreditation/", views.accreditation, name="accreditation"),
]
