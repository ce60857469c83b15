"""Stage dpo: a policy learns rankings without a reward model between."""
