"""Imports of organizers' files: rosters and the punches of attendance machines (考勤机)."""
