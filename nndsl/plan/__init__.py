"""ShapedGraph -> Plan: style, order, variable names, what becomes a function or a class."""
