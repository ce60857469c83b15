"""The queue of a project: what is open, with whom, done, and how managers steer it."""
