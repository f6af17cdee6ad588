"""The rosters of projects, their waiting lists, and the places that organizers assign."""
