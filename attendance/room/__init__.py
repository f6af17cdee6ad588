"""What organizers see and change of a session that is under way or over: board, lists, moves, undo."""
