"""What the words of one enum are."""

Vocabulary = dict[str, tuple[str, str]]
"""By value: Chinese and English."""
