"""What is transferred: files whose names, sizes and hashes expectations may refer to."""

import hashlib
from collections.abc import Callable
from random import Random

from wirelab.scenarios.scenario import Setting
from wirelab.scenarios.stage import Stage
from wirelab.traffic.picture import picture

_ANY_NAME = r"[a-z0-9][a-z0-9_.-]{0,30}"
LONGEST = 14_000
"""Bytes that fit into TCP's first window, ten segments (RFC 6928 section 2). Of what has to wait
for an acknowledgment the last segment may carry the FIN, too."""


def file_settings(name: str, form: str = _ANY_NAME) -> tuple[Setting, ...]:
    """Return the settings for the size and the name of a file.

    Args:
        name: its name by default.
        form: what its name looks like, as a regular expression.
    """
    return (
        Setting("size", 0, "how long the file is; 0 leaves it to the seed", 0, LONGEST, "bytes"),
        Setting("file", name, "what it is called", pattern=form),
    )


def offered(
    lab: Stage,
    key: str = "file",
    made: Callable[[Random, int], bytes] = picture,
    sizes: tuple[int, int] = (5000, 6500),
) -> dict[str, bytes]:
    """Return a file by its name, as settings and seed want it.

    Expectations know it as `${file.name}`, `${file.size}` and `${file.sha256}`.

    Args:
        lab: the stage.
        key: what stands for `file` in these names.
        made: what makes the content, from chance and a size.
        sizes: between which the seed chooses, in bytes.
    """
    name = str(lab.settings.get(key, f"{key}.png"))
    size = int(lab.settings.get("size", 0)) or lab.random.randint(*sizes)
    content = made(lab.random, size)
    lab.names |= {
        f"{key}.name": name,
        f"{key}.size": str(len(content)),
        f"{key}.sha256": hashlib.sha256(content).hexdigest(),
    }
    return {name: content}
