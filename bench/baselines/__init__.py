"""What the benchmarks compare with, written to be as fast as its kind can be."""
