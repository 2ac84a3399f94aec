"""What the code of a cell does to names when it runs, by reading it in the order in which it would run."""
