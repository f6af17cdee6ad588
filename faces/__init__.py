"""Turn photos into templates, and templates into decisions. This package knows no HTTP, no database and no person."""
