"""Discussions: topics, replies, reading, lists, home."""
