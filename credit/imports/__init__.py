"""Credits that the authority brings in from elsewhere: checked, committed, undone."""
