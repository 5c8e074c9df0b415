"""The checks of the ЕСИА dialect: one small function each, citing its section of the reference."""
