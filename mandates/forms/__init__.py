"""What people type about mandates, the charter and the catalogue."""
