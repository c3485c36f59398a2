"""Parse trees in, syntax tree out, one module a part of the language."""
