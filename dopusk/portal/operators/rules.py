"""What each operator may do: the least that her work needs."""

from enum import StrEnum


class Right(StrEnum):
    """One kind of act about other people's accounts."""

    REVIEW = "review"  # look at a proofing attempt with its scan and decide it
    CONFIRMATION = "confirmation"  # suspend, withdraw and restore a confirmation; decide appeals
    UNLOCK = "unlock"  # take a lock off, order a new password; never see or set one
    LOOK_UP = "look_up"  # find an account, masked; read its journal
    DELIVERIES = "deliveries"  # see what letters left, without their text; send again
    APPOINT = "appoint"  # give and take away these roles
    REGISTER_SERVICES = "register_services"  # register, change, disable services; see why they are refused


class Role(StrEnum):
    """A post: several rights together. One person may hold several."""

    REVIEWER = "reviewer"
    SUPPORT = "support"
    SECURITY = "security"
    ADMINISTRATOR = "administrator"
    INTEGRATOR = "integrator"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.REVIEWER: frozenset({Right.REVIEW}),
    Role.SUPPORT: frozenset({Right.LOOK_UP, Right.UNLOCK, Right.DELIVERIES}),
    Role.SECURITY: frozenset({Right.LOOK_UP, Right.CONFIRMATION}),
    Role.ADMINISTRATOR: frozenset({Right.APPOINT, Right.DELIVERIES}),
    Role.INTEGRATOR: frozenset({Right.REGISTER_SERVICES}),
}


def rights_of(roles: frozenset[Role]) -> frozenset[Right]:
    """Everything these roles allow together."""
    return frozenset(right for role in roles for right in RIGHTS[role])


def fault_of_appointment(*, own: bool, held: bool) -> str | None:
    """Why a post may not be given: `own_post` (nobody widens her own rights), `post_held`; None when it may."""
    if own:
        return "own_post"
    return "post_held" if held else None


def fault_of_dismissal(role: Role, *, held: bool, administrators: int) -> str | None:
    """Why a post may not be ended: `post_not_held`, `last_administrator`. administrators: how many there are now."""
    if not held:
        return "post_not_held"
    return "last_administrator" if role is Role.ADMINISTRATOR and administrators <= 1 else None
