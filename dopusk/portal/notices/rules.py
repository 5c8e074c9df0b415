"""Where a notice goes."""

from collections.abc import Mapping

Address = tuple[str, str]  # channel ("mail", "sms") and address


def addresses(contacts: Mapping[str, str], *, urgent: bool) -> list[Address]:
    """To confirmed contacts (phone, email; empty where there is none): a letter always, a short message when urgent
    or when there is no mail."""
    mail, phone = contacts.get("email", ""), contacts.get("phone", "")
    found = [("mail", mail)] if mail else []
    if phone and (urgent or not mail):
        found.append(("sms", phone))
    return found
