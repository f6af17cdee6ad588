"""Find the faces in a photo, align them, and measure their quality."""
