"""What the three sites share: settings, headers, journal, outbox, files, outgoing calls, design."""
