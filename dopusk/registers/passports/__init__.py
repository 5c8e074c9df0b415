"""The register of passports: is this passport valid and whose it is."""
