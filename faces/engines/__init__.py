"""Face engines, made by name. An engine finds, aligns and embeds the face in a photo."""
