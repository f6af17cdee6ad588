"""Credits, compliance, rule sets and the ledger."""
