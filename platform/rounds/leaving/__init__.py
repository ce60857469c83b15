"""People who leave: what is known of them, and what becomes of it."""
