"""Whether somebody has the credits of a year: standards, exemptions, totals."""
