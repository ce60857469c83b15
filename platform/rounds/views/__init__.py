"""The manager's pages: rounds, launches, runs, evaluations, models."""
