"""What do offices hand in? Files are read, every row is checked, and nothing is half imported."""
