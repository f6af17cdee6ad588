"""What benchmarks fill a database with."""
