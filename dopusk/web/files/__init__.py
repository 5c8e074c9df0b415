"""Files people bring: allowed by content, cleaned in a limited subprocess, kept sealed."""
