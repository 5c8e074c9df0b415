"""The first page, what wants attention, and the person's own journal."""
