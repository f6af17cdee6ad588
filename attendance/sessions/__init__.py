"""Sessions (场次): times, places, venue codes, the calendar, whether they are ready."""
