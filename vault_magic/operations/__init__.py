"""What commands do: a command, a namespace and an open vault give an outcome; nothing is displayed here."""
