"""Dopusk: from a state identity to a signed, publicly verifiable accreditation."""
