"""Settings of the cabinet: what every site has, and its own slices."""

from dopusk.web import environment
from dopusk.web.settings import base

globals().update(
    base(
        "cabinet",
        slices=[
            "dopusk.web.files",
            "dopusk.cabinet.signin",
            "dopusk.cabinet.documents",
            "dopusk.cabinet.applications",
            "dopusk.cabinet.checks",
            "dopusk.cabinet.certificates",
            "dopusk.cabinet.verification",
        ],
    )
)
CLIENT_ID = environment.text("DOPUSK_CABINET_CLIENT_ID")
CLIENT_SECRET = environment.text("DOPUSK_CABINET_CLIENT_SECRET")
REGISTERS_TOKEN = environment.text("DOPUSK_CABINET_REGISTERS_TOKEN")
