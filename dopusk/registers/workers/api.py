"""`/api/frmr/` for programs."""

from ninja import Router

from dopusk.registers.clients.bearer import Bearer
from dopusk.registers.clients.rules import Scope
from dopusk.registers.workers import forms, views

READ, WRITE = Bearer(Scope.FRMR_READ), Bearer(Scope.FRMR_WRITE)

router = Router(tags=["ФРМР"], auth=READ, by_alias=True)
router.get("/person/{snils}", response=forms.PersonView, summary="Медработник")(views.person)
router.get("/person/{snils}/full", response=forms.FullView, summary="Медработник со всеми группами")(
    views.full
)
router.get("/person/{snils}/prof", response=list[forms.EducationView], summary="Дипломы")(views.prof)
router.get(
    "/person/{snils}/postgraduate", response=list[forms.EducationView], summary="Ординатура, интернатура"
)(views.postgraduate)
router.get("/person/{snils}/ext", response=list[forms.ExtView], summary="Повышение квалификации")(views.ext)
router.get("/person/{snils}/cert", response=list[forms.CertView], summary="Сертификаты специалиста")(
    views.cert
)
router.get("/person/{snils}/card", response=list[forms.CardView], summary="Трудовые записи")(views.card)
router.get("/person/{snils}/accreditation", response=list[forms.AccreditationView], summary="Аккредитации")(
    views.accreditation
)
router.put(
    "/accreditation/{registry_number}",
    auth=WRITE,
    response={200: forms.Recorded, 201: forms.Recorded},
    summary="Внести аккредитацию",
)(views.record)
