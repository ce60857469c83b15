"""What the server answers and takes, one file a noun."""
