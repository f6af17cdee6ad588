"""Planning: sessions are made, repeated, changed and cancelled, projects are edited and copied."""
