"""One project as a folder, and back into another server: docs/moving.md, docs/decisions/0094."""
