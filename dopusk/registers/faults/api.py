"""`/api/faults/` for programs."""

from ninja import Router

from dopusk.registers.clients.bearer import Bearer
from dopusk.registers.clients.rules import Scope
from dopusk.registers.faults import views
from dopusk.registers.faults.forms import SwitchState

router = Router(tags=["Выключатели"], auth=Bearer(Scope.FAULTS), by_alias=True)
router.get("/{name}", response=SwitchState, summary="Состояние регистра")(views.read)
router.put("/{name}", response=SwitchState, summary="Включить, выключить, задержать, испортить")(views.write)
