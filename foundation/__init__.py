"""What all domains stand on: refusals, audit, callers, clock, jobs, sealing, signing, throttles, transactions."""
