"""The outbox: `actions.put` in the fact's transaction, a sender per kind, delivery that survives kill -9."""
