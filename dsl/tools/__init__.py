"""What an author runs: the command line."""
