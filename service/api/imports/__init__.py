"""Files and rows from elsewhere: rosters, machines, credits."""
