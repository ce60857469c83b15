"""What leaves Rondo: labels in the dataset types of TRL, streamed row by row."""
