"""Distances, policies, decisions, the index of the duplicate search, sealed templates."""
