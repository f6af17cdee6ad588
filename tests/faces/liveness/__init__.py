"""Tests of the rules of a challenge."""
