"""The cabinet site."""
