"""Measurements: `./dev bench NAME`. Each prints a table, and with --json one object on its last line."""
