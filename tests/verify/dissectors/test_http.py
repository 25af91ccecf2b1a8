from frames import Talk, dissected

from wirelab.verify.packet import Packet

_GET = b"GET /a?b HTTP/1.1\r\nHost: s.test\r\nUser-Agent: x/1\r\n\r\n"


def _talk(*parts: tuple[str, bytes]) -> list[Packet]:
    talk = Talk(40000, 80).open()
    for side, data in parts:
        (talk.client if side == "c" else talk.server)("PA", data)
    return dissected(*talk.sent)[3:]


def test_a_request_and_its_response_are_read() -> None:
    headers = b"Server: t\r\nContent-Type: text/html\r\nContent-Length: 2\r\n"
    answer = b"HTTP/1.1 404 Not Found\r\n" + headers + b"\r\nno"
    asked, told = _talk(("c", _GET), ("s", answer))
    assert asked.values("http.request.method") == ("GET",)
    assert asked.values("http.request.uri") == ("/a?b",)
    assert asked.values("http.host") == ("s.test",)
    assert asked.values("http.user_agent") == ("x/1",)
    assert told.values("http.response.code") == (404,)
    assert told.values("http.response.phrase") == ("Not Found",)
    assert told.values("http.content_type") == ("text/html",)
    assert told.values("http.content_length") == (2,)


def test_a_response_shows_where_its_body_is_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
    first, second, third = _talk(("s", head[:20]), ("s", head[20:] + b"12345"), ("s", b"67890"))
    assert not first.has("http")
    assert not second.has("http")
    assert third.values("http.response.code") == (200,)


def test_a_body_in_chunks_ends_with_the_empty_one() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    first, second = _talk(("s", head + b"5\r\nhello\r\n"), ("s", b"0\r\n\r\n"))
    assert not first.has("http")
    assert second.values("http.response.code") == (200,)


def test_a_response_to_head_has_no_body() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"
    told = _talk(("c", b"HEAD / HTTP/1.1\r\n\r\n"), ("s", head))[1]
    assert told.values("http.response.code") == (200,)


def test_requests_in_one_segment_are_told_apart() -> None:
    (packet,) = _talk(("c", _GET + _GET.replace(b"/a?b", b"/c")))
    assert packet.values("http.request.uri") == ("/a?b", "/c")
    assert packet.values("http.request.uri", 1) == ("/a?b", "/c")


def test_bytes_that_start_no_message_are_a_part_of_some_body() -> None:
    (packet,) = _talk(("s", b"\x89PNG and so on"))
    assert packet.has("http")
    assert packet.values("http.response") == ()


def test_a_length_that_is_no_number_is_not_believed() -> None:
    (packet,) = _talk(("s", b"HTTP/1.1 200 OK\r\nContent-Length: much\r\n\r\n"))
    assert packet.values("http.content_length_header") == ("much",)
    assert packet.values("http.content_length") == ()
