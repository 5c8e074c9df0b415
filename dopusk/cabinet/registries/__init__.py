"""The outside registers as this site sees them: facts, and how they are asked for."""
