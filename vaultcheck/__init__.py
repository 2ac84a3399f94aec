"""Check that what saved notebooks record still belongs together."""
