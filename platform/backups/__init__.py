"""Backups: a folder with the whole database and every artifact that it names, and back again."""
