"""From a photo to a template to a decision. Knows no HTTP, no database and no person."""
