"""The texts of every error code, by subject; `service/problem_catalogue.py` puts them together."""
