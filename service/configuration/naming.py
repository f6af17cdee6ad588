"""The settings that say whose installation this is, for everybody to see."""

from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings

from service.configuration.logos import Logo, read_logo


class NameSettings(BaseSettings):
    """How the app is called, its logo, and who answers for personal information. They are a part of `Settings`."""

    app_name: str = Field(
        "继续医学教育考勤与学分", min_length=1, max_length=40, description="The name of the app in Chinese."
    )
    app_name_en: str = Field(
        "CME attendance and credit", min_length=1, max_length=60, description="The name of the app in English."
    )
    app_short_name: str = Field(
        "继续医学教育",
        min_length=1,
        max_length=12,
        description="Its short name in Chinese: at the top of each page, and under its icon on a phone.",
    )
    app_short_name_en: str = Field("CME", min_length=1, max_length=16, description="Its short name in English.")
    app_logo: Path | None = Field(
        None,
        description="A square PNG of 192 to 1024 pixels a side, 200 KiB at most: shown beside the name, and the "
        "icon of the app. An SVG is not taken: it can carry scripts.",
    )
    privacy_contact: str = Field(
        "",
        max_length=200,
        description="How people reach the officer for personal information (个人信息保护负责人): a phone or an "
        "address, for everybody to see; the consent text promises it, so set it before faces are used.",
    )

    @model_validator(mode="after")
    def _has_a_logo_that_fits(self) -> Self:
        if self.app_logo is not None:
            read_logo(self.app_logo)
        return self

    @cached_property
    def logo(self) -> Logo | None:
        """Return the logo, None where there is none. Raises ValueError if the file has changed and fits no more."""
        return None if self.app_logo is None else read_logo(self.app_logo)
