"""What is asked of a live site, a module for each subject. A probe takes a site and yields findings."""
