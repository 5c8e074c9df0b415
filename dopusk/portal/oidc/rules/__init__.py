"""The checks of the protocol: one function each, citing its norm; the checks of a request stand in a list."""
