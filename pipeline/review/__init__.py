"""The review desk: doubtful lines and series, decided by a person in the browser."""
