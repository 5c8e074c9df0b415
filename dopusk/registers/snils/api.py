"""`/api/snils/`."""

from ninja import Router

from dopusk.registers.clients.bearer import Bearer
from dopusk.registers.clients.rules import Scope
from dopusk.registers.snils import views
from dopusk.registers.snils.forms import Answer

router = Router(tags=["СНИЛС"], auth=Bearer(Scope.SNILS), by_alias=True)
router.post("/check", response=Answer, summary="Проверить СНИЛС")(views.check)
