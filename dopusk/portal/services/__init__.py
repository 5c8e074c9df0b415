"""What the portal leads to: each service, what it needs, what the person still lacks."""
