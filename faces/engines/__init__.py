"""Face engines by name: from a photo to templates."""
