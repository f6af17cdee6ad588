"""The SMS gateways: an outbox on disk, Aliyun, Tencent."""
