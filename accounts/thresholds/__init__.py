"""The thresholds that faces are judged by: where they come from, and whether they still hold."""
