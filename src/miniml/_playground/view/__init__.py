"""The frames that the page receives, made from a session."""
