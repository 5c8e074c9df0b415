"""The signing agent on a person's own machine: a browser asks, she types the PIN, the token signs."""
