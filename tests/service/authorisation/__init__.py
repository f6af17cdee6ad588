"""Who may call what, over which units."""
