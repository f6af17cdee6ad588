"""Venue codes, tickets, check-ins, the live board and the grid."""
