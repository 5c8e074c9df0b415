"""The operator's page of switches, and the same for programs."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dopusk.kernel.invalid import Invalid
from dopusk.registers.faults import actions
from dopusk.registers.faults.forms import SwitchBody, SwitchForm
from dopusk.registers.faults.models import Fault, switch_of
from dopusk.registers.faults.rules import Mode, Register, Switch
from dopusk.registers.problems import Problem

NAMES = {
    Register.SNILS: (gettext_lazy("СНИЛС"), gettext_lazy("Проверяет номер и чей он")),
    Register.PASSPORTS: (gettext_lazy("Паспорта"), gettext_lazy("Проверяет действительность паспорта")),
    Register.FRMR: (
        gettext_lazy("ФРМР: медицинские работники"),
        gettext_lazy("Отдаёт сведения о работнике, принимает итог аккредитации"),
    ),
    Register.FRMO: (gettext_lazy("ФРМО: медицинские организации"), gettext_lazy("Ищет организации")),
    Register.DICTIONARIES: (
        gettext_lazy("НСИ: справочники"),
        gettext_lazy("Специальности, должности, регионы, документы, уровни образования"),
    ),
    Register.PKI: (
        gettext_lazy("Удостоверяющий центр"),
        gettext_lazy("Выпускает сертификаты, ставит метки времени, говорит, не отозваны ли они"),
    ),
    Register.OCSP: (
        gettext_lazy("Удостоверяющий центр: ответы OCSP"),
        gettext_lazy("Говорит, не отозван ли один сертификат. Списки отозванных остаются"),
    ),
    Register.CRL: (
        gettext_lazy("Удостоверяющий центр: списки отозванных"),
        gettext_lazy("Отдаёт списки отозванных сертификатов. Ответы OCSP остаются"),
    ),
    Register.QUESTIONS: (
        gettext_lazy("Контрольные вопросы"),
        gettext_lazy("Спрашивает о том, что знает только сам человек"),
    ),
}
STATES = {
    Mode.ON: (gettext_lazy("Работает"), "green"),
    Mode.OFF: (gettext_lazy("Выключен"), "red"),
    Mode.DELAY: (gettext_lazy("Отвечает с задержкой"), "yellow"),
    Mode.BREAK: (gettext_lazy("Отвечает с ошибкой"), "red"),
}
USUAL_DELAY_MS = 3000


def _rows(refused: SwitchForm | None) -> list[dict[str, Any]]:
    faults = {fault.register: fault for fault in Fault.objects.all()}
    rows: list[dict[str, Any]] = []
    for register, (name, about) in NAMES.items():
        fault = faults.get(str(register))
        switch = fault.switch() if fault else Switch()
        words, colour = STATES[switch.mode]
        mine = refused if refused and refused.data.get("register") == register else None
        rows.append({
            "register": str(register), "name": name, "about": about, "state": words, "colour": colour,
            "since": fault.since if fault else None, "switch": switch,
            "delay_ms": mine.data.get("delay_ms", "") if mine else switch.delay_ms or USUAL_DELAY_MS,
            "errors": mine.errors.get("delay_ms", []) if mine else [],
        })  # fmt: skip
    return rows


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Registers with their switches; a POST throws one."""
    if not settings.SANDBOX:
        raise Http404
    form = SwitchForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        register, mode = Register(form.cleaned_data["register"]), Mode(form.cleaned_data["mode"])
        actions.throw(register, mode, form.cleaned_data["delay_ms"] or 0, by="operator")
        said = _("%(register)s. Теперь: %(state)s") % {
            "register": NAMES[register][0],
            "state": str(STATES[mode][0]).lower(),
        }
        messages.success(request, said)
        return redirect("faults:index")
    status = 422 if form else 200
    return render(request, "faults/index.html", {"rows": _rows(form), "form": form}, status=status)


def _sandbox_only() -> None:
    if not settings.SANDBOX:
        raise Problem(404, "not_found", "Такой записи нет")


def read(request: HttpRequest, name: Register) -> Switch:
    """How the register behaves now."""
    _sandbox_only()
    return switch_of(name)


def write(request: HttpRequest, name: Register, body: SwitchBody) -> Switch:
    """Make the register behave so. 422 `delay_out_of_range`."""
    _sandbox_only()
    try:
        return actions.throw(name, body.mode, body.delay_ms, by=str(request.auth))  # type: ignore[attr-defined]
    except Invalid as refused:
        raise Problem(422, refused.code, "Задержка вне допустимых пределов", **refused.detail) from refused
