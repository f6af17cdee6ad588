"""From attendance to credits: preview, confirmation, approval, grants, reversals."""
