"""Stage evaluate: models are compared on held-out prompts."""
