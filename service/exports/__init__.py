"""Sheets and calendars for people, with their words."""
