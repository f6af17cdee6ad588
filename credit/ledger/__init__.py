"""The append-only ledger, its Merkle tree, its signed heads, and the check of its proofs."""
