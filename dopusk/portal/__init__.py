"""The portal site."""
