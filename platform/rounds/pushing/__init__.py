"""Models pushed to the Hugging Face Hub, or to a server that speaks as it does."""
