"""The hall's machines: venue screens and kiosks."""
