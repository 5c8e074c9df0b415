"""The two values that name a certificate to the public: the register number and the verification code. Pure.

The number is 13 digits: region of the accreditation centre (2), year of issue (2), serial (9); shown as
«7726 000000001». It can be guessed, so it opens nothing alone. The code is 12 characters of Crockford's
base 32 (60 bits), printed on the paper and carried by its QR; shown as «4F7K-9QXM-2T8B».
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
_NUMBER = re.compile(r"[0-9]{13}")
_CODE = re.compile(rf"[{ALPHABET}]{{{CODE_LENGTH}}}")
_NUMERO = re.compile(r"^\s*(?:№|N[o°º]?\.?)\s*", re.IGNORECASE)
_SPACING = re.compile(r"[\s\u2010-\u2015-]+")
_LOOKALIKES = str.maketrans(
    {"O": "0", "I": "1", "L": "1", "О": "0", "А": "A", "В": "B", "Е": "E", "К": "K", "М": "M", "Н": "H",
     "Р": "P", "С": "C", "Т": "T", "Х": "X"}
)  # fmt: skip
LONGEST_TYPED = 64  # characters; nobody types more for either value


def compose(region: str, year: int, serial: int) -> str:
    """The register number. region: two digits; year: four digits; serial: 1 … 999,999,999, unique for ever."""
    number = f"{region}{year % 100:02d}{serial:09d}"
    if not _NUMBER.fullmatch(number):
        raise ValueError(f"no register number of region {region!r}, year {year}, serial {serial}")
    return number


def parse_number(text: str) -> str | None:
    """13 digits out of a usual spelling (a leading «№», spaces, hyphens), or None."""
    kept = _SPACING.sub("", _NUMERO.sub("", text)) if len(text) <= LONGEST_TYPED else ""
    return kept if _NUMBER.fullmatch(kept) else None


def show_number(number: str) -> str:
    """«7726000000001» → «7726 000000001»."""
    return f"{number[:4]} {number[4:]}"


def make_code() -> str:
    """A fresh unguessable code of 60 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def parse_code(text: str) -> str | None:
    """The code out of what a person typed: any case, hyphens, O for 0, Cyrillic look-alikes; or None."""
    kept = _SPACING.sub("", text).upper().translate(_LOOKALIKES) if len(text) <= LONGEST_TYPED else ""
    return kept if _CODE.fullmatch(kept) else None


def show_code(code: str) -> str:
    """«4F7K9QXM2T8B» → «4F7K-9QXM-2T8B»."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
