"""The accreditation certificate: a row with its register number and verification code, and its paper."""
