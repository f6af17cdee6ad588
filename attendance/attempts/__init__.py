"""What is stored of attempts and of the check-ins that they make: tickets, tries, rows, receipts."""
