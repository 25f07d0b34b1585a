"""Where a traced function runs, other than as generated NumPy source."""
