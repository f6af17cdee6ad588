"""Tables as people send and take them: XLSX and CSV, read from strangers, written for spreadsheets."""
