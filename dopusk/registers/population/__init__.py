"""The people of the sandbox: the known ones and any number of synthetic ones."""
