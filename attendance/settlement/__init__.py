"""Settlement turns attendance into credits: preview, confirmation, approval, grants and reversals."""
