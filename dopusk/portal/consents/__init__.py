"""What a person lets which service know, since when, and how she takes it back."""
