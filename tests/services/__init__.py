"""Private services for ./test: each is started for one run and leaves nothing behind."""
