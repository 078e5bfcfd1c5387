"""The templates of the generated Python, as package data."""
