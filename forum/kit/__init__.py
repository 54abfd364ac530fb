"""Tools that know nothing of the community; they import nothing from the rest of forum."""
