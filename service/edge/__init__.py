"""The HTTP machinery that every route shares."""
