"""The texts of every error code, by subject; `service/edge/problem_catalogue.py` puts them together."""
