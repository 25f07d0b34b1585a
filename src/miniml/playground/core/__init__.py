"""The playground without its page: an immutable session and what changes it."""
