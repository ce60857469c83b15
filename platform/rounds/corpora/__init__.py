"""Corpora: texts that a manager gives, which PPO mixes in against forgetting."""
