"""The programs' door: one line a register, described at /api/docs."""

from ninja import NinjaAPI

from dopusk.registers import problems
from dopusk.registers.dictionaries.api import router as dictionaries
from dopusk.registers.faults.api import router as faults
from dopusk.registers.organisations.api import router as organisations
from dopusk.registers.passports.api import router as passports
from dopusk.registers.pki.api import router as pki
from dopusk.registers.questions.api import router as questions
from dopusk.registers.snils.api import router as snils
from dopusk.registers.workers.api import router as workers

api = NinjaAPI(
    title="Учебные регистры",
    version="1.0",
    description=(
        "Ключ доступа: заголовок `Authorization: Bearer …`. Даты `YYYY-MM-DD`, СНИЛС одиннадцатью цифрами. "
        "Отказ: `application/problem+json` (RFC 9457) с постоянным `code` и номером запроса `traceId`; "
        "свой номер можно прислать в заголовке `X-Trace-Id`."
    ),
    urls_namespace="api",
)
problems.install(api)
api.add_router("/snils", snils)
api.add_router("/passports", passports)
api.add_router("/frmr", workers)
api.add_router("/frmo", organisations)
api.add_router("/dictionaries", dictionaries)
api.add_router("/pki", pki)
api.add_router("/questions", questions)
api.add_router("/faults", faults)
