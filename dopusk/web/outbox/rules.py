"""When to try again."""

from datetime import timedelta

FIRST, LONGEST = timedelta(seconds=5), timedelta(minutes=15)


def wait(attempts: int, jitter: float) -> timedelta:
    """How long to wait after so many failed attempts (≥ 1): doubled each time, at most 15 minutes.

    jitter: a random number from 0 to 1; it adds up to a quarter, so that messages do not come in step.
    """
    doubled = FIRST * (1 << min(attempts - 1, 10))
    return min(doubled, LONGEST) * (1 + jitter / 4)
