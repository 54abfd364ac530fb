"""What the pages of moderation show, for people who were let in already."""
