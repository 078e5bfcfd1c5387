"""What an editor asks about a text, as plain data: offsets and words, no protocol."""
