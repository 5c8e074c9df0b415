"""Settings of the registers: what every site has, and its own slices."""

from dopusk.web.settings import base

globals().update(base("registers", slices=[]))
