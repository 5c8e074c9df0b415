"""Signing in by identifier and password, sessions, signing out."""
