"""The health worker's own page: what the portal and the registers know about her."""
