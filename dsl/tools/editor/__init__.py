"""What an editor asks of the language, as functions of values: nothing here knows a protocol."""
