"""Faces enrolled from a file of photos named by 继教编号: the file, its rows, the job that decides them."""
