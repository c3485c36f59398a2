"""Every engine that the evaluator is compared with, each in the form in which it is fastest: a file for a package."""
