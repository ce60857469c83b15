"""Stage ppo: a policy is trained on a reward model's scores."""
