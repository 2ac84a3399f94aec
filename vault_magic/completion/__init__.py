"""What may stand next in a command or an option: tab completion, from the same tables as the parser."""
