"""What people fill in about deals, cases and consents."""
