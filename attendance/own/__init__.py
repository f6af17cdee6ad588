"""What learners see of their own: home, projects, data, notices, and their requests to correct attendance."""
