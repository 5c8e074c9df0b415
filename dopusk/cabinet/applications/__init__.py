"""The application for accreditation: steps as data, drafts that save themselves, submission, status."""
