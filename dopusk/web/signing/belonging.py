"""Is the certificate hers: what the certificate says of its owner against what is confirmed about the person."""

from collections.abc import Sequence

from dopusk.trust.owners import Owner


def belongs(owner: Owner, snils: str, names: Sequence[str] = ()) -> str:
    """ "good", "snils_missing", "someone_elses" or "name_differs".

    snils: eleven digits, confirmed. names: last name, first name, patronymic ("" for none); nothing to compare the
    СНИЛС alone. The СНИЛС decides; another name with the same СНИЛС is told apart, for the caller to judge.
    """
    if not owner.snils or not snils:
        return "snils_missing"
    if owner.snils != snils:
        return "someone_elses"
    said = (owner.last_name, owner.first_name, owner.patronymic)
    same = all(_plain(mine) == _plain(hers) for mine, hers in zip(said, names, strict=False))
    return "good" if same else "name_differs"


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").split())
