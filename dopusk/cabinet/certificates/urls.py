"""The holder's page of a certificate and its file."""

from django.urls import path

from dopusk.cabinet.certificates import views

app_name = "certificates"
urlpatterns = [
    path("<str:number>/", views.show, name="show"),
    path("<str:number>/file/", views.file, name="file"),
]
