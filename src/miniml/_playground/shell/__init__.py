"""Threads, server, notebook widget and files: what joins a session to a page."""
