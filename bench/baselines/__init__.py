"""The baselines of the benchmarks: each does only the necessary work, as fast as possible."""
