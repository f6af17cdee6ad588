"""Whose request it is: tokens, cookies, devices, and the use of sign-ins."""
