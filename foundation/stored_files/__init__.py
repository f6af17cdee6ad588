"""Files apart from the database, sealed at rest: in a folder by default, in an S3-compatible store when configured."""
