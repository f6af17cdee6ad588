"""The attendance record: facts, outcomes, shares, grid, live board, history and corrections."""
