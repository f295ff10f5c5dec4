"""What insights say, in words."""
