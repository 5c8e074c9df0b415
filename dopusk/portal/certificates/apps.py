"""The slice as a Django app: a way to sign in, a claim, a part of the export, a card of «Безопасность»."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "dopusk.portal.certificates"

    def ready(self) -> None:
        from dopusk.portal.certificates import actions, claims, entering, export, shown, words
        from dopusk.portal.certificates.models import Certificate
        from dopusk.portal.oidc import claims as protocol
        from dopusk.portal.profile import export as profile
        from dopusk.portal.recovery.endings import ENDED
        from dopusk.portal.security.cards import CARDS
        from dopusk.portal.signin.ways import WAYS
        from dopusk.web.signing import words as signing

        signing.OF_THIS_SITE.update(words.SENTENCES)
        WAYS[entering.WAY] = entering.THE_WAY
        protocol.OF_SESSION["certificate"] = claims.told
        profile.PARTS["certificates"] = export.certificates
        profile.SPOKEN_OF.add(Certificate)
        CARDS["certificates"] = shown.card
        ENDED["certificate"] = actions.disowned
