"""Stage generate: a model completes prompts."""
