"""The exit statuses that `nndsl --help` names."""

CLEAN, FINDINGS, USAGE, INTERNAL = 0, 1, 2, 3
