"""Claims (学分填报): credits that people enter themselves, and their review."""
