"""Thresholds from people: pairs, false accepts and rejects, the population's mean."""
