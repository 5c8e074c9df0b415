"""The front page: what stands here."""
