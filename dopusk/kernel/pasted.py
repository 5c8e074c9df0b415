"""Text as it comes from a keyboard or a clipboard, made plain before it is read."""

import unicodedata

LONGEST = 500  # characters; no number or address is nearly so long, whatever stands around it


def plain(text: str) -> str | None:
    """The text in one form (NFKC: digits and letters of full width are ordinary ones), without what nobody sees.

    Zero-width spaces, direction marks, soft hyphens and the like (Unicode category Cf) come along when text is
    copied from a page, a table or a telephone's contacts. None for a text too long to be looked at.
    """
    if len(text) > LONGEST:
        return None
    seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFKC", seen)
