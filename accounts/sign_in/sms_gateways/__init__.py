"""The ways an SMS leaves: an outbox on disk, Aliyun, Tencent."""
