"""How the service is reached: HTTP, and nothing of what it does."""
