"""Which tests assert what the operation manual asks."""
