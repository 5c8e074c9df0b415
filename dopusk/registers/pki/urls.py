"""`/pki/` for anybody."""

from django.urls import path, re_path

from dopusk.registers.pki import page_views, views

app_name = "pki"
urlpatterns = [
    path("", page_views.index, name="index"),
    path("certificates/new/", page_views.new, name="new"),
    path("certificates/<str:serial>/", page_views.show, name="show"),
    path("certificates/<str:serial>/standing/", page_views.standing, name="standing"),
    path("certificates/<str:serial>/file/", page_views.file, name="file"),
    path("timestamp", views.timestamp, name="timestamp"),
    path("ca.pem", views.root, name="root"),
    path("ca.cer", views.root_der, name="root_der"),
    path("ca.crl", views.revoked, name="revoked"),
    path("roots.pem", views.roots, name="roots"),
    re_path(r"^(?P<name>root|gost-root|ec|rsa|gost)\.cer$", views.issuer, name="issuer"),
    re_path(r"^(?P<name>root|gost-root|ec|rsa|gost)\.crl$", views.issuers_list, name="issuers_list"),
    re_path(r"^ocsp/(?P<branch>ec|rsa|gost)$", views.ocsp, name="ocsp"),
    re_path(r"^ocsp/(?P<branch>ec|rsa|gost)/(?P<question>.+)$", views.ocsp_get, name="ocsp_get"),
]
