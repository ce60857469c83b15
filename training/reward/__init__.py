"""Stage reward: a reward model is trained on rankings."""
