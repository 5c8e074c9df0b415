"""People of the portal: who they are, how they are known, how far that is proven."""
