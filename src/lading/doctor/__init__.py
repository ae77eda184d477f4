"""Finding out what is wrong: settings, what is published, and a live server asked as a browser would."""
