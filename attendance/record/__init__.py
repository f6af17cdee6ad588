"""The attendance record of a project: facts, outcomes, shares, sums, grid, history and corrections."""
