"""What theory and this very run say, in words: one file a lesson or two."""
