"""`/api/dictionaries/`."""

from ninja import Router

from dopusk.registers.clients.bearer import Bearer
from dopusk.registers.clients.rules import Scope
from dopusk.registers.dictionaries import views
from dopusk.registers.dictionaries.forms import Dictionary

router = Router(tags=["НСИ"], auth=Bearer(Scope.DICTIONARIES), by_alias=True)
router.get("/{name}", response=Dictionary, summary="Справочник")(views.read)
