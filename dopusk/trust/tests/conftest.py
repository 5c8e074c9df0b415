"""Examples may take their time: the machine is shared, and the first example pays for the keys."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
