"""`/api/pki/` for programs, `/pki/` for anybody."""

from django.urls import path
from ninja import Router

from dopusk.registers.clients.bearer import Bearer
from dopusk.registers.clients.rules import Scope
from dopusk.registers.pki import views
from dopusk.registers.pki.forms import Answer

router = Router(tags=["Удостоверяющий центр"], auth=Bearer(Scope.PKI), by_alias=True)
router.post("/certificates", response=Answer, summary="Выпустить сертификат")(views.certificate)

app_name = "pki"
urlpatterns = [
    path("timestamp", views.timestamp, name="timestamp"),
    path("ca.pem", views.root, {"form": "pem"}, name="root"),
    path("ca.cer", views.root, {"form": "cer"}, name="root-der"),
    path("ca.crl", views.revoked, name="revoked"),
]
