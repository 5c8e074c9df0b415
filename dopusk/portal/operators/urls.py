"""`/desk/` and `/desk/roles/`."""

from django.urls import path

from dopusk.portal.operators import views

app_name = "operators"
urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/roles/", views.roles, name="roles"),
    path("desk/roles/<uuid:sub>/<slug:role>/", views.dismiss, name="dismiss"),
]
