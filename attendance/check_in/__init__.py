"""Check-in by scan and face: the scan and its ticket, the photos and their comparison, late photos."""
