"""The OpenID provider: the protocol by which services sign people in."""
