"""Certificates of credits (M-10): numbers, what they say, whether they are valid, how they are printed and verified."""
