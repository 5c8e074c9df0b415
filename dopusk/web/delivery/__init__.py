"""Messages to people, by e-mail and SMS: `actions.send` in the fact's transaction; they leave through the outbox."""
