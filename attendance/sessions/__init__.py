"""Sessions (场次): times, places, venue codes, calendar feeds, readiness checks and rehearsals."""
