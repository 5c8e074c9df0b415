"""«Безопасность»: password, sessions, devices she is known by; the warning to an idle person."""
