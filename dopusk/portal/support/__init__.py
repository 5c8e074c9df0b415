"""Support: finding one account by its number, taking limits off, opening accounts at a desk, letters that left."""
