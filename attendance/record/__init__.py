"""What came of each person at each session: shares, grid, board, history, corrections."""
