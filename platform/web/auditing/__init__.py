"""Who did what: entries of the audit, and what reviewers did about answers."""
