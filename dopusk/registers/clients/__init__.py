"""Who may ask the registers: programs of other sites with their bearer tokens and scopes."""
