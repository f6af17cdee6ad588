"""Evaluations of projects."""
