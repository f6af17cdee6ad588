"""Credits that wait for a decision, and the reversal of those that were granted."""
