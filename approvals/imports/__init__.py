"""Bringing in teams, people, customers, products and deals from the six files of `docs/importing.md`."""
