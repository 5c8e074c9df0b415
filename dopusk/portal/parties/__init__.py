"""Relying parties: operators register services, change and disable them."""
