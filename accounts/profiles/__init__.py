"""Profiles (个人资料, M-5): what is known of a person, their history, and their requests to correct it."""
