"""Projects that are over: archived, restored, deleted with all that is theirs."""
