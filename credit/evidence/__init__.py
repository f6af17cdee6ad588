"""Evidence of claims (佐证材料): checked, made harmless, stored apart from the database, seen by few."""
