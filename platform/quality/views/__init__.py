"""Pages of figures, which were computed before anybody asks."""
