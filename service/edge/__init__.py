"""The HTTP machinery: who may call what, the components of the service, the document, and the web client's files."""
