"""Portal operators: who may do what about other people's accounts."""
