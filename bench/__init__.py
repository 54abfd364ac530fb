"""How fast Guildhall is, measured against a bare Flask page on the same machine. README.md says how to read it."""
