"""Pages: each view translates HTTP to a call, nothing more."""
