"""`/api/frmo/`."""

from ninja import Router

from dopusk.registers.clients.bearer import Bearer
from dopusk.registers.clients.rules import Scope
from dopusk.registers.organisations import views
from dopusk.registers.organisations.forms import Found, OrganisationView

router = Router(tags=["ФРМО"], auth=Bearer(Scope.FRMO), by_alias=True)
router.get("/organizations", response=Found, summary="Найти организации")(views.search)
router.get("/organizations/{oid}", response=OrganisationView, summary="Организация")(views.read)
