"""Rules, ledger, compliance and certificates; empty until settlement is built."""
