"""The first page: what to do now, the state of each accreditation, what was before; and one's own journal."""
