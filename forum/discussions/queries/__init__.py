"""What the pages of discussions show. Everything is decided and cut by the rule before a template sees it."""
