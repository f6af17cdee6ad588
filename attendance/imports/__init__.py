"""Files of organizers: rosters and the punches of attendance machines."""
