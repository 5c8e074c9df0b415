"""The console of integrators: what came, what was wrong with it, and what to do."""
