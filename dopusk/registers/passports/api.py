"""`/api/passports/`."""

from ninja import Router

from dopusk.registers.clients.bearer import Bearer
from dopusk.registers.clients.rules import Scope
from dopusk.registers.passports import views
from dopusk.registers.passports.forms import Answer

router = Router(tags=["Паспорта"], auth=Bearer(Scope.PASSPORTS), by_alias=True)
router.post("/check", response=Answer, summary="Проверить паспорт")(views.check)
