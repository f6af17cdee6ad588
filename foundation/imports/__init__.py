"""One engine for all imports: rows are received, checked, committed once, undone as one, or abandoned."""
