"""The error that the page shows to the user."""


class RequestError(ValueError):
    """A request that cannot be met; its text is one sentence for the user."""
