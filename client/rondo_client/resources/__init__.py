"""The operations of the API, one class a noun."""
