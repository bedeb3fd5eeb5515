"""Puts the pages built from web/ into remote_bid/pages when a wheel or an sdist is made.

An sdist carries the pages it was made with, so a wheel built from it needs no Node.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NO_NODE = (
    "The pages of remote-bid are built with npm, which is not on PATH. Install Node.js 20.19 or newer, "
    "or set REMOTE_BID_SKIP_WEB=1 to pack remote_bid/pages as it is."
)


class BuiltPages(BuildHookInterface[Any]):
    """Builds the pages anew from a checkout, so that a release never carries stale ones."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run before hatchling collects files; `version` is "editable" for a developer's own install."""
        root = Path(self.root)
        if version == "editable" or os.environ.get("REMOTE_BID_SKIP_WEB") == "1" or is_sdist(root):
            return
        if (root / "web/package.json").exists():
            build_pages(root)


def is_sdist(root: Path) -> bool:
    """Only an unpacked sdist has PKG-INFO at its top; its pages are those of its release."""
    return (root / "PKG-INFO").exists() and (root / "remote_bid/pages/index.html").exists()


def build_pages(root: Path) -> None:
    """Leave the built pages in remote_bid/pages, or fail the build."""
    npm, web = shutil.which("npm"), root / "web"
    if npm is None:
        raise RuntimeError(NO_NODE)
    env = {**os.environ, "WEB_OUT_DIR": str(root / "remote_bid/pages")}
    subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=web, env=env, check=True)
    subprocess.run([npm, "run", "build"], cwd=web, env=env, check=True)
