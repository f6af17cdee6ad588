"""Tests of the machines of a hall."""
