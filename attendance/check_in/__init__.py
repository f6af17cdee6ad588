"""Check-in: tickets, attempts, check-ins, receipts, review."""
