"""What the client adds to operations of the API: waiting, following, tables."""
