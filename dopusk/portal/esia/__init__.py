"""The ЕСИА dialect: its addresses, signatures, scopes and markers over the grants of the OpenID provider."""
