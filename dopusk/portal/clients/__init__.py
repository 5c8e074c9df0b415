"""Services that sign people in through the portal, as registered."""
