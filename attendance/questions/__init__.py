"""Questions of exams, their banks, and files of them."""
