"""Machines of the hall: venue screens, kiosks, and the personal codes that kiosks read."""
