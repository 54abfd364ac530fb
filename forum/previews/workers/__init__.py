"""Programs that look at files, each alone in a process of its own. They import nothing of the house, nor it them."""
