"""What a person should know at once: rows for her list, letters to her contacts."""
