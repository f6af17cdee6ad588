"""Benchmarks: each prints one table and writes one JSON, and compares within one run."""
