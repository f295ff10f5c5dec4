"""The pages of mandates, the charter, the catalogue and the rates."""
