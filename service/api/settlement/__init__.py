"""From attendance to credits."""
