"""What staff do at the door: check people in by hand, decide on attempts, see what looks wrong."""
