"""Django's PostgreSQL, but nobody waits for ever for a server that does not answer."""
