"""Switches that turn a register off, delay it or break its answers: sandbox only."""
