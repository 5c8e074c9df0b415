"""`/certificates/…`, and sign-in by a signature."""

from django.urls import path

from dopusk.portal.certificates import signin_views, views

app_name = "certificates"
urlpatterns = [
    path("certificates/", views.list_, name="list"),
    path("certificates/add/", views.add, name="add"),
    path("certificates/<uuid:which>/", views.certificate, name="certificate"),
    path("certificates/<uuid:which>/check/", views.check, name="check"),
    path("certificates/<uuid:which>/block/", views.block, name="block"),
    path("certificates/<uuid:which>/file/", views.file, name="file"),
    path("signin/signature/", signin_views.signature, name="signature"),
]
