"""The one way kernel parsers refuse a text: a stable code and the facts, never prose."""


class Invalid(ValueError):
    """A text that is not what it claims to be.

    `code` is stable (`snils_checksum`, `phone_format`); words for people live in forms and templates.
    `detail` holds facts for the message (`have=10, need=11`), never the refused text itself:
    it may be personal data, and exceptions reach logs.
    """

    def __init__(self, code: str, **detail: object) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
