"""Sessions of people: who is signed in, where, since when."""
