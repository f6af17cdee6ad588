"""Face work in processes of its own."""
