"""Files of questions: the Moodle formats GIFT and Aiken, and sheets (XLSX, CSV)."""
