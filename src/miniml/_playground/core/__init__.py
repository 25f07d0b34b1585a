"""The playground without its page: an immutable session, and the functions that change it."""
