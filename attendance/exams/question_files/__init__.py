"""Files of questions: what Moodle reads and writes (GIFT, Aiken), and sheets."""
