"""The HTTP machinery: access, problems, tokens, paging, idempotency, uploads, streams."""
