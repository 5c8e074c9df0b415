"""Getting back in: proof of identity by other means, a new password; and «это не я»."""
