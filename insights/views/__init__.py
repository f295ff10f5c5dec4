"""Pages of what is learnt from past deals."""
