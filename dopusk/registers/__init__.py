"""The registers site."""
