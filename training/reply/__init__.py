"""Stage reply: a model that stays loaded answers people while they wait."""
