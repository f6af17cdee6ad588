"""Files of questions for the bank of a unit: preview, commit and undo by the import engine."""
