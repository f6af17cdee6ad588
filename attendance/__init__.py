"""Projects, sessions, rosters, venue codes and check-in."""
