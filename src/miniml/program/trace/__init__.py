"""The stand-ins that a traced function is called with."""
