"""The programs' door: one line a register, described at /api/docs."""

from ninja import NinjaAPI

from dopusk import registers
from dopusk.registers import problems
from dopusk.registers.dictionaries.urls import router as dictionaries
from dopusk.registers.faults.urls import router as faults
from dopusk.registers.organisations.urls import router as organisations
from dopusk.registers.passports.urls import router as passports
from dopusk.registers.snils.urls import router as snils
from dopusk.registers.workers.urls import router as workers

api = NinjaAPI(
    title="Учебные регистры",
    version="1.0",
    description=registers.__doc__ or "",
    urls_namespace="api",
)
problems.install(api)
api.add_router("/snils", snils)
api.add_router("/passports", passports)
api.add_router("/frmr", workers)
api.add_router("/frmo", organisations)
api.add_router("/dictionaries", dictionaries)
api.add_router("/faults", faults)
