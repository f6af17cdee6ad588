"""Benchmarks. Each compares alternatives within one run, prints a table and writes a JSON file."""
