"""Refusals that lead on: the facts that a person needs, as data and in words."""
