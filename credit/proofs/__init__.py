"""Proof bundles: the credits of a period, signed, with the proofs of the ledger, to be checked anywhere (X-5)."""
