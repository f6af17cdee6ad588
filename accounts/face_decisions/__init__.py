"""What admins decide about faces: cases, resets, and what waits for them."""
