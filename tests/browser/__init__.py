"""What a visitor sees, in a real Chromium against the real app."""
