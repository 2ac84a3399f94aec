"""The ZIP archive: its layout, its listing without a password, and its objects."""
