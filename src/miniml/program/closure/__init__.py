"""What a function reads beside its arguments."""
