"""The register of СНИЛС: does a number belong to this person."""
