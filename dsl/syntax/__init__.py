"""Text in, syntax tree out: grammar, parser, diagnostics and formatter."""
