"""Takes the pictures of docs/screens: a demo of its own, people who use it, and a browser that visits each page."""
