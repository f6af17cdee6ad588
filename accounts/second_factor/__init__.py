"""Second factors: their codes, how they are set up, and when they are asked for."""
