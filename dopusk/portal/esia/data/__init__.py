"""The REST service: what a marker opens of people and organisations."""
