"""Where the faces of a photo are, how they stand, and whether they are good enough."""
