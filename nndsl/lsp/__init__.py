"""The language server. Only this room knows its protocol; it is imported by `nndsl lsp` alone."""
