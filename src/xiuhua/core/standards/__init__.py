"""Standards: pack files read, bound, checked and resolved to the rules in force."""
