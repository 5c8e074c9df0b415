"""`/api/pki/` for programs."""

from ninja import Router

from dopusk.registers.clients.bearer import Bearer
from dopusk.registers.clients.rules import Scope
from dopusk.registers.pki import views
from dopusk.registers.pki.forms import Answer, State

router = Router(tags=["Удостоверяющий центр"], auth=Bearer(Scope.PKI), by_alias=True)
router.post("/certificates", response=Answer, summary="Выпустить сертификат")(views.certificate)
router.post(
    "/certificates/{serial}/revoke", response=State, summary="Отозвать или приостановить сертификат человека"
)(views.revoke)
router.post(
    "/certificates/{serial}/restore", response=State, summary="Возобновить приостановленный сертификат"
)(views.restore)
