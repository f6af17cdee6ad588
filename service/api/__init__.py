"""One file a resource: parse, one call into a domain package, shape."""
