"""What the project promises about speed and memory, measured side by side with others: `python -m tests.benchmarks`."""
