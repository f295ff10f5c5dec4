"""The pages of deals, cases and decisions."""
