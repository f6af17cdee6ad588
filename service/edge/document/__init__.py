"""Makes the OpenAPI document such that a client can be generated from it."""
