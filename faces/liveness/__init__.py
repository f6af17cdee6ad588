"""Whether the frames of a challenge show one living person: rules over what the mesh reads, without pictures."""
