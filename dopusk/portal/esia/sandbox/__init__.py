"""What only a sandbox has: the sixteen test people, entering without pages, faults on demand."""
