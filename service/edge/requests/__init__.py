"""What is read of a request: bodies up to their limit, forms, and keys of repeated requests."""
