"""What is done to archives outside notebooks: looked through, proved, taken out, put in order, merged."""
