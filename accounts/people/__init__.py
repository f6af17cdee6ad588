"""People, their units and roles."""
