"""The texts of every error code, by subject; `service/edge/answers/problem_catalogue.py` puts them together."""
