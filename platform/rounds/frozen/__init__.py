"""Exports that were frozen: files that never change, at addresses that stay."""
