"""Stage choose: two reward models score what was written for candidates."""
