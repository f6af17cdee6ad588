"""dlib's network file -> the same network as ONNX. Run once at set-up; nothing of it is needed for a look."""
