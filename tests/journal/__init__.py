"""The journal: record, chain, guards, outbox, workers, and what the API needs to be safe to repeat."""
