"""Prompts that people write: asked for, written, and decided on before they are a project's."""
