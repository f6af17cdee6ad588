"""Sessions (场次): times, places, venue codes, and calendar feeds."""
