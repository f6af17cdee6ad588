"""Sign-in, people and their enrolled faces, units and roles, consent, the audit trail."""
