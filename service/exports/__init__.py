"""Spreadsheets and calendars, with Chinese texts."""
