"""Second factors and passkeys: what a person shows besides her password, or in its place."""
