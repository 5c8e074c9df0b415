"""ФРМР on the wire: its own names, our keys of dictionaries. Codes of НСИ that are not imported are null."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from dopusk.kernel import names, snils
from dopusk.kernel.invalid import Invalid
from dopusk.registers.wire import Question, Snils, Wire
from dopusk.registers.workers.models import PersonQuerySet
from dopusk.registers.workers.rules import Kind

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Document(Wire):
    """An identity document; documentId 1 is the passport (НСИ 99.2.48)."""

    document_id: int
    serial: str
    number: str
    pass_date: date
    pass_org: str
    code_org: str


class PersonView(Wire):
    """A health worker."""

    snils: str
    last_name: str
    first_name: str
    patronymic: str
    gender: str
    birth_date: date
    birth_place: str
    inn: str
    phone: str
    email: str
    region_code: str
    is_medical_worker: bool
    is_pharm_worker: bool
    student: bool = False
    documents: list[Document]

    @staticmethod
    def resolve_documents(person: object) -> list[dict[str, object]]:
        """One passport a worker is what this register holds."""
        return [
            {
                "document_id": 1,
                "serial": getattr(person, "passport_series"),  # noqa: B009  ninja hands over a proxy of the model
                "number": getattr(person, "passport_number"),  # noqa: B009
                "pass_date": getattr(person, "passport_issued"),  # noqa: B009
                "pass_org": getattr(person, "passport_issuer"),  # noqa: B009
                "code_org": getattr(person, "passport_issuer_code"),  # noqa: B009
            }
        ]


class EducationView(Wire):
    """A diploma. levelEducationId: key of the education levels; specialtyKey: ФГОС code of the diploma."""

    id: int
    doc_serial: str
    doc_number: str
    doc_date: date
    institution: str
    level_education_id: str = Field(validation_alias="level_key")
    specialty_key: str
    spec_id: None = None
    begin_year: int
    is_duplicate: bool = False


class ExtView(Wire):
    """A further training. profEducationKindId: `dpp` or `cme`; registered: the register vouches for its hours."""

    id: int
    prof_education_kind_id: Literal["dpp", "cme"] = Field(validation_alias="kind")
    institution: str
    hours_count: int = Field(validation_alias="hours")
    theme: str
    doc_serial: str
    doc_number: str
    doc_date: date
    specialty_key: str
    spec_id: None = None
    registered: bool = True


class CertView(Wire):
    """A specialist's certificate."""

    id: int
    cert_serial: str
    cert_number: str
    pass_date: date
    end_date: date
    end_date_extension: date | None = None
    specialty_key: str
    spec_id: None = None


class CardView(Wire):
    """An employment record. positionTypeId: 1 main, 2 internal, 3 combined, 4 external; endDate null: works still."""

    id: int
    organization_oid: str
    organization: str = Field(validation_alias="organization_name")
    department: str
    position_key: str
    post_id: None = None
    post_name: str
    position_type_id: int = Field(validation_alias="position_type")
    rate: Decimal
    contract_number: str
    contract_date: date
    begin_date: date
    end_date: date | None


class AccreditationView(Wire):
    """A passed accreditation."""

    registry_number: str
    accreditation_kind_id: Kind = Field(validation_alias="kind")
    specialty_key: str
    mp_spec_id: None = None
    pass_date: date
    end_date: date
    end_date_extension: date | None
    protocol_date: date
    protocol_number: str
    organization_oid: str
    passed: bool = True
    excluded: bool
    recorded_at: datetime


class FullView(Wire):
    """All groups of one worker."""

    person: PersonView
    prof: list[EducationView]
    postgraduate: list[EducationView]
    ext: list[ExtView]
    cert: list[CertView]
    card: list[CardView]
    accreditation: list[AccreditationView]


class OutcomeBody(Question):
    """PUT /api/frmr/accreditation/{registryNumber}: only a passed accreditation is recorded."""

    snils: Snils
    accreditation_kind_id: Kind
    specialty_key: Text
    pass_date: date
    end_date: date
    protocol_date: date
    protocol_number: Text
    passed: Literal[True] = True
    organization_oid: Annotated[str, StringConstraints(max_length=60)] = ""


class Recorded(Wire):
    """The register's receipt."""

    registry_number: str
    recorded_at: AwareDatetime


def _number(text: str) -> str:
    if not text.isprintable():
        raise ValueError("registry_number_characters")
    return text


RegistryNumber = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_number)]


class SearchForm(forms.Form):
    """The operator's search: the beginning of a name or a whole СНИЛС; `after` is where the former page ended."""

    query = forms.CharField(label=_("Фамилия или СНИЛС"), required=False, max_length=100)
    after = forms.CharField(required=False, widget=forms.HiddenInput, max_length=400)

    def clean_query(self) -> str:
        """A number must be a right one; anything else is a name."""
        query = str(self.cleaned_data["query"])
        if any(character.isdigit() for character in query):
            try:
                return snils.parse(query)
            except Invalid as refused:
                raise forms.ValidationError(
                    _("Это не похоже на СНИЛС: проверьте цифры"), code=refused.code
                ) from refused
        return names.sort_key(query)

    def narrow(self, people: PersonQuerySet) -> PersonQuerySet:
        """Those who are asked for; nobody when the question is wrong."""
        if self.errors:
            return people.none()
        query = self.cleaned_data["query"]
        found = people.by_snils(query) if query.isdigit() else people.named(query)
        pk, _bar, name_key = self.cleaned_data["after"].partition("|")
        return found.after(name_key, int(pk)) if pk.isdecimal() and len(pk) < 19 else found
