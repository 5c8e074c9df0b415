"""Where browsers look for programs that extensions may start, and for extensions."""

from dataclasses import dataclass
from typing import Final

HOST_NAME: Final = "org.dopusk.agent"
EXTENSION_ID: Final = "eiiiegckhcndephbhcjkjdehbahnccii"  # of the public key in extension/manifest.json


@dataclass(frozen=True)
class Browser:
    """user: its profile's folder under home. system: folder of manifests for every user. programs: names on PATH.

    extensions: a folder every extension of which is loaded, "" when there is none.
    """

    name: str
    user: str
    system: str
    programs: tuple[str, ...]
    extensions: str = ""


BROWSERS: Final = {
    "chromium": Browser(
        "chromium",
        ".config/chromium",
        "/etc/chromium/native-messaging-hosts",
        ("chromium", "chromium-browser"),
        "/usr/share/chromium/extensions",  # /etc/chromium.d/extensions of Debian's package
    ),
    "chrome": Browser(
        "chrome",
        ".config/google-chrome",
        "/etc/opt/chrome/native-messaging-hosts",
        ("google-chrome", "google-chrome-stable"),
    ),
}
