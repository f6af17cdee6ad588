"""What TensorFlow.js itself says, for the conversion to be held against."""
