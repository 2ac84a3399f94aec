"""What runs inside other tools, which load it themselves; the checker never does."""
