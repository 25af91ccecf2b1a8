"""What FTP servers have to offer: the files of a home folder."""

import hashlib
from collections.abc import Mapping

FTP_PORT = 21
HOME = "home"  # folder of the files, in a server's own folder


def home_files(files: Mapping[str, bytes]) -> dict[str, str | bytes]:
    """Return files, given by path in the home folder, by path in the server's folder."""
    return {f"{HOME}/{path}": content for path, content in files.items()}


def file_facts(files: Mapping[str, bytes]) -> dict[str, dict[str, object]]:
    """Return `size` in bytes and `sha256` of every file, by path."""
    return {
        path: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in files.items()
    }
