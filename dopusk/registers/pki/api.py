"""`/api/pki/` for programs."""

from ninja import Router

from dopusk.registers.clients.bearer import Bearer
from dopusk.registers.clients.rules import Scope
from dopusk.registers.pki import views
from dopusk.registers.pki.forms import Answer

router = Router(tags=["Удостоверяющий центр"], auth=Bearer(Scope.PKI), by_alias=True)
router.post("/certificates", response=Answer, summary="Выпустить сертификат")(views.certificate)
