"""Rules, the ledger of credits, what a year wants, imports; certificates are still to come."""
