"""Documents to print and keep: typeset as PDF with the letters of all embedded, drawn QR codes."""
