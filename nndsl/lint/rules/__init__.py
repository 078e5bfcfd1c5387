"""One file a rule, called by the rule's code and name; `python3 dev.py rules` finds them."""
