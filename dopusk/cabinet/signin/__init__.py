"""Signing in through the portal: who the person is and what she may do here."""
