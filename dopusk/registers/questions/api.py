"""`/api/questions`."""

from ninja import Router

from dopusk.registers.clients.bearer import Bearer
from dopusk.registers.clients.rules import Scope
from dopusk.registers.questions import views
from dopusk.registers.questions.forms import Asked, Outcome

router = Router(tags=["Контрольные вопросы"], auth=Bearer(Scope.QUESTIONS), by_alias=True)
router.post("", response=Asked, summary="Составить три вопроса")(views.ask)
router.post("/{uuid:session}/answers", response=Outcome, summary="Ответить, один раз")(views.answer)
