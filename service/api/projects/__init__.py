"""Projects, their sessions, rosters and places."""
