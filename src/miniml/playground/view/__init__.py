"""What the page is sent: frames made of a session."""
