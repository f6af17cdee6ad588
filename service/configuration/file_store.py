"""The settings of the file store, and of the evidence that lies in it."""

from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class FileSettings(BaseSettings):
    """The settings of files that lie apart from the database. They are a part of `Settings`."""

    var: Path = Field(Path("var"), description="Data folder: database, keys, logs of the demo.")
    file_keys: SecretStr | None = Field(
        None, description="`id:base64,id:base64`, the first one current; seals evidence and photos in the file store."
    )
    file_store: Literal["folder", "s3"] = Field("folder", description="Where they are: a folder, or a bucket.")
    file_folder: Path | None = Field(None, description="The folder of the file store; default: `files` under VAR.")
    s3_endpoint: str = Field("", description="Address of an S3-compatible store, as in https://s3.example.cn.")
    s3_bucket: str = Field("", description="Its bucket, which must exist.")
    s3_region: str = Field("us-east-1", description="Its region; most stores of one's own take this one.")
    s3_prefix: str = Field("", max_length=200, description="What comes before the name of each file, as in `cme/`.")
    s3_access_key_id: str = Field("", description="The access key of the bucket.")
    s3_access_key_secret: SecretStr = Field(SecretStr(""), description="Its secret.")
    evidence_daily: int = Field(100, ge=1, description="Files of evidence that a person may upload in 24 hours.")
    evidence_unused_days: int = Field(30, ge=1, description="How long a file of evidence without a claim is kept.")

    @cached_property
    def stored_files_path(self) -> Path:
        """Return the folder of the file store."""
        return self.file_folder or self.var.absolute() / "files"

    def check_file_store(self, *, in_production: bool) -> None:
        """Raise ValueError where FILE_STORE=s3 lacks what it needs, with one line that names it."""
        if self.file_store != "s3":
            return
        names = ("s3_endpoint", "s3_bucket", "s3_access_key_id")
        missing = [name.upper() for name in names if not getattr(self, name)]
        if not self.s3_access_key_secret.get_secret_value():
            missing.append("S3_ACCESS_KEY_SECRET")
        if missing:
            raise ValueError(f"FILE_STORE=s3 needs {', '.join(missing)}")
        parts = urlsplit(self.s3_endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("S3_ENDPOINT: wanted an address without a path, as in https://s3.example.cn")
        if in_production and parts.scheme != "https":
            raise ValueError("production needs an https S3_ENDPOINT")
