"""Scans a person brings: named for her, kept sealed, given back to those who may read them."""
