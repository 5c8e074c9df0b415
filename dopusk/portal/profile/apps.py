"""The slice as a Django app: it lends its claims to the protocol."""

from django.apps import AppConfig


class ProfileConfig(AppConfig):
    name = "dopusk.portal.profile"

    def ready(self) -> None:
        from dopusk.portal.oidc import claims as protocol
        from dopusk.portal.profile import claims

        protocol.FURTHER.update(claims.FURTHER)
