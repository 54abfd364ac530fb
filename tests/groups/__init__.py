"""Groups: the directory, coming in, going, roles, invitations, kinds, and looking as someone else."""
