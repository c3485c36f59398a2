"""Where rule sets, releases and channels are kept."""
