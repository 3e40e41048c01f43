"""What has been authored? Sessions and days off, read once and checked while reading."""
