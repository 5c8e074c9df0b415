"""Her certificates of an electronic signature, and signing in by them."""
