"""Judging the signature of a request: `client_secret` and all that it stands on."""
