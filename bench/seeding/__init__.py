"""Seeds the databases of the benchmarks."""
