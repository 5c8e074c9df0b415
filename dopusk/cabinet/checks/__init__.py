"""Automated checks of an application: pure dated rules over facts of the registers."""
