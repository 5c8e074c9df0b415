"""The slice as a Django app: services hear when sessions end and consent is withdrawn; consent is asked for here."""

from django.apps import AppConfig


class OidcConfig(AppConfig):
    name = "dopusk.portal.oidc"

    def ready(self) -> None:
        from dopusk.portal.consents.actions import WITHDRAWN
        from dopusk.portal.consents.waiting import READERS
        from dopusk.portal.oidc import actions, backchannel, requests
        from dopusk.portal.sessions.actions import ENDING, LASTING

        ENDING.append(backchannel.sessions_ended)
        LASTING.append(actions.end_lasting)
        WITHDRAWN.append(lambda sub, client_id: backchannel.services_closed(sub, [client_id]))
        READERS["/oidc/authorize"] = requests.waiting
