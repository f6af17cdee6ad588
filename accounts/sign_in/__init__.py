"""Sign-in: passwords, SMS codes, and sign-ins with their families of tokens."""
