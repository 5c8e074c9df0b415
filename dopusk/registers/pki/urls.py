"""`/pki/` for anybody."""

from django.urls import path

from dopusk.registers.pki import views

app_name = "pki"
urlpatterns = [
    path("timestamp", views.timestamp, name="timestamp"),
    path("ca.pem", views.root, name="root"),
    path("ca.cer", views.root_der, name="root_der"),
    path("ca.crl", views.revoked, name="revoked"),
]
