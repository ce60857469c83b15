"""Replies while somebody waits: a process that keeps a round's model loaded (decision 0074)."""
