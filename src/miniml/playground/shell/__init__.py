"""What runs the playground: threads, the server, notebooks, files."""
