"""Settings of the cabinet: what every site has, and its own slices."""

from dopusk.web.settings import base

globals().update(base("cabinet", slices=[]))
