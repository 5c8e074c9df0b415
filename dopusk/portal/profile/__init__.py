"""What a person tells about herself: education, qualification, work, addresses, scans; taking it all out, leaving."""
