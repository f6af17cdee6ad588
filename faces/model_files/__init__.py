"""The files of the networks, their cards, and the one place where a session of them is opened."""
