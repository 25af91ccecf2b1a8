"""A configuration as network devices have it: text, with what nobody else should read."""

import random
import string

_WORD = string.ascii_lowercase + string.digits


def device_config(chance: random.Random, size: int) -> bytes:
    """Return a configuration of exactly `size` bytes; the last line may be cut.

    Its second line is a secret, as far as the size allows.
    """
    name, secret = (_word(chance) for _ in range(2))
    lines = [f"hostname {name}", f"enable secret {secret}"]
    while sum(len(line) + 1 for line in lines) < size:
        number = len(lines) - 2
        network = f"10.{chance.randrange(256)}.{chance.randrange(256)}"
        lines += [f"interface port{number}", f" ip address {network}.1 255.255.255.0", "!"]
    return "".join(f"{line}\n" for line in lines)[:size].encode()


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_WORD, k=8))
