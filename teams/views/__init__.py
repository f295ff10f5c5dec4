"""The pages of this app: load a row or answer 404, take a form, run one action, show."""
