"""What the service does, one use case a module; none of them knows how it is reached."""
