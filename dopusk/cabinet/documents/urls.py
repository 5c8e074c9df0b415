"""`/documents/<id>/`."""

from django.urls import path

from dopusk.cabinet.documents import views

app_name = "documents"
urlpatterns = [path("<uuid:document_id>/", views.show, name="show")]
