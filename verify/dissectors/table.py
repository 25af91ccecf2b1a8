"""A protocol's table of fields, written as one row a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.reading import head, noted, whole
from wirelab.verify.field import Field, Kind, Reader

if TYPE_CHECKING:
    from wirelab.verify.dissectors.reading import Size


@dataclass(frozen=True)
class Table:
    """Makes the fields of one protocol.

    A row without a reader takes its values from the notes that dissection leaves on a layer.
    """

    protocol: str
    """The protocol's display filter name."""
    source: str
    """The document that a row comes from unless it names another."""

    def itself(self, meaning: str, *, header: int | Size | None = None, differs: str = "") -> Field:
        """The protocol as a field: its layers' bytes.

        Args:
            meaning: what it is, in one sentence.
            header: the size of the header whose bytes are the value; None when those of the
                payload belong to it.
            differs: how it differs from Wireshark's.
        """
        return Field(
            self.protocol,
            Kind.PROTOCOL,
            meaning,
            self.source,
            self.protocol,
            whole if header is None else head(header),
            differs=differs,
        )

    def row(
        self,
        kind: Kind,
        name: str,
        meaning: str,
        read: Reader | None = None,
        *,
        source: str = "",
        unit: str = "",
        digits: int = 0,
        differs: str = "",
    ) -> Field:
        """A field of any kind."""
        return Field(
            name,
            kind,
            meaning,
            source or self.source,
            self.protocol,
            read or noted(name),
            unit,
            digits,
            differs,
        )

    def uint(
        self,
        name: str,
        meaning: str,
        read: Reader | None = None,
        *,
        source: str = "",
        unit: str = "",
        digits: int = 0,
        differs: str = "",
    ) -> Field:
        """A number; `digits` are those of Wireshark's hexadecimal text, 0 for decimal."""
        return self.row(
            Kind.UINT,
            name,
            meaning,
            read,
            source=source,
            unit=unit,
            digits=digits,
            differs=differs,
        )

    def boolean(
        self,
        name: str,
        meaning: str,
        read: Reader | None = None,
        *,
        source: str = "",
        differs: str = "",
    ) -> Field:
        """A bit."""
        return self.row(Kind.BOOL, name, meaning, read, source=source, differs=differs)

    def mark(
        self,
        name: str,
        meaning: str,
        read: Reader | None = None,
        *,
        source: str = "",
        differs: str = "",
    ) -> Field:
        """A field without a value: it is there or it is not."""
        return self.row(Kind.NONE, name, meaning, read, source=source, differs=differs)

    def text(
        self,
        name: str,
        meaning: str,
        read: Reader | None = None,
        *,
        source: str = "",
        differs: str = "",
    ) -> Field:
        """A string."""
        return self.row(Kind.STRING, name, meaning, read, source=source, differs=differs)

    def octets(
        self,
        name: str,
        meaning: str,
        read: Reader | None = None,
        *,
        source: str = "",
        differs: str = "",
    ) -> Field:
        """Bytes."""
        return self.row(Kind.BYTES, name, meaning, read, source=source, differs=differs)

    def ether(
        self,
        name: str,
        meaning: str,
        read: Reader | None = None,
        *,
        source: str = "",
        differs: str = "",
    ) -> Field:
        """An Ethernet address."""
        return self.row(Kind.ETHER, name, meaning, read, source=source, differs=differs)

    def ipv4(
        self, name: str, meaning: str, read: Reader | None = None, *, source: str = ""
    ) -> Field:
        """An IPv4 address."""
        return self.row(Kind.IPV4, name, meaning, read, source=source)

    def ipv6(
        self, name: str, meaning: str, read: Reader | None = None, *, source: str = ""
    ) -> Field:
        """An IPv6 address."""
        return self.row(Kind.IPV6, name, meaning, read, source=source)

    def frame(self, name: str, meaning: str, *, source: str = "", differs: str = "") -> Field:
        """The number of another frame."""
        return self.row(Kind.UINT, name, meaning, None, source=source, differs=differs)
