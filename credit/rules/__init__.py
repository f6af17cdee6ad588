"""The rule sets: what an activity is worth, as data with versions."""
