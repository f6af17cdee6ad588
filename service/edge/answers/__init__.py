"""Answers: their bodies, names beside ids, lists, files, streams, problems, and what the document says of them."""
