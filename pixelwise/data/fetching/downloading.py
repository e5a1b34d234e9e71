"""Downloads that survive what happens to downloads: they go on where they broke off."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import requests
import urllib3
from rich.console import Console

from pixelwise.data.fetching.archives import Archive
from pixelwise.data.fetching.flaws import flaw, looks_like_page
from pixelwise.data.fetching.partial import Origin, Part
from pixelwise.data.fetching.talk import Bar, progress, say, size_text
from pixelwise.messages import Message, _

TIMEOUT = (10.0, 30.0)
"""Seconds to wait for a connection, and for the next bytes."""

PAUSES = (1.0, 3.0, 9.0)
"""Seconds to wait before each new attempt at an address that has sent nothing new."""

_CHUNK = 1 << 16
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_UNSATISFIED_RANGE = re.compile(r"bytes \*/(\d+)")


class AddressFailed(Exception):
    """An address does not give the archive; another attempt would not change that."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.text)
        self.reason = reason


class _Interrupted(AddressFailed):
    """The connection failed or broke off; another attempt may succeed."""


def download(
    archive: Archive,
    folder: Path,
    console: Console,
    pause: Callable[[float], None],
    check: Callable[[Path, Archive], Message | None] = flaw,
) -> dict[str, Message]:
    """Download an archive, or what is missing of it, and check it.

    Args:
        archive: what to download.
        folder: where to; must exist. It holds a ``.part`` file until the archive is complete and
            right, then the archive.
        console: where progress is shown.
        pause: waits for a number of seconds.
        check: what shows that a file is not the published one; None if nothing does.

    Returns:
        Why each address failed, by address, if all did; else nothing.
    """
    part = Part(folder / f"{archive.file}.part")
    reasons = {}
    with progress(console, Message(archive.file)) as bar:
        bar.begin(part.size, archive.size)
        for url in archive.urls:
            try:
                _download_from(url, archive, part, bar, console, pause)
                _require_flawless(part, archive, check)
            except AddressFailed as failure:
                reasons[url] = failure.reason
            else:
                part.finish(folder / archive.file)
                return {}
    return reasons


def downloaded_so_far(archive: Archive, folder: Path) -> int:
    """How many bytes of an archive earlier runs have left in `folder`."""
    path = folder / archive.file
    return path.stat().st_size if path.exists() else Part(folder / f"{archive.file}.part").size


def _download_from(
    url: str,
    archive: Archive,
    part: Part,
    bar: Bar,
    console: Console,
    pause: Callable[[float], None],
) -> None:
    """Make `part` complete, in as many attempts as make progress."""
    longest = part.size
    pauses = iter(PAUSES)
    while True:
        try:
            _attempt(url, archive, part, bar, console)
            return
        except _Interrupted as interruption:
            if part.size > longest:
                longest = part.size
                pauses = iter(PAUSES)
            seconds = next(pauses, None)
            if seconds is None:
                raise
            say(
                console,
                _(
                    "{file}: {reason} Next attempt in {seconds} s.",
                    file=archive.file,
                    reason=interruption.reason,
                    seconds=f"{seconds:g}",
                ),
            )
            pause(seconds)


def _attempt(url: str, archive: Archive, part: Part, bar: Bar, console: Console) -> None:
    """One request for what is missing, and its answer."""
    origin = part.origin
    if origin and origin.url == url and origin.total == part.size:
        return  # interrupted when all was there
    headers = {"Accept-Encoding": "identity", **_range_headers(url, archive, part)}
    with _answer_to(url, headers) as response:
        if response.status_code == 416:
            _settle_unsatisfied(response, part)
            return
        chunks = _chunks(response)
        head = next(chunks, b"")
        # Looked at before anything is written, so that the login page of some network cannot
        # replace what has been downloaded.
        if response.headers.get("Content-Type", "").startswith("text/html") or (
            response.status_code == 200 and looks_like_page(head)
        ):
            raise AddressFailed(_("A web page came instead of the archive."))
        if response.status_code == 206:
            _require_continuation(response, url, part)
            say(
                console,
                _(
                    "{file}: going on after the first {size}.",
                    file=archive.file,
                    size=size_text(part.size),
                ),
            )
        else:
            part.begin(Origin(url, _validator_of(response), _length_of(response, archive)))
        _write(head, chunks, part, archive, bar)
    origin = part.origin
    if origin and origin.total and part.size != origin.total:
        raise _Interrupted(_("The connection broke off."))


def _range_headers(url: str, archive: Archive, part: Part) -> dict[str, str]:
    """The headers that ask for the rest of a download; none where it must start again.

    Parts of two versions of a file must not be put together: the server is asked to send the rest
    only of the version that the part is of (If-Range). From another address the rest is taken only
    where a checksum will tell whether it fits.
    """
    origin = part.origin
    if origin is None or part.size == 0:
        return {}
    rest = {"Range": f"bytes={part.size}-"}
    if origin.url == url and origin.validator:
        return {**rest, "If-Range": origin.validator}
    return rest if archive.checksum else {}


def _answer_to(url: str, headers: dict[str, str]) -> requests.Response:
    """The server's answer, after redirects, if it is one that can be used."""
    try:
        response = requests.get(url, headers=headers, stream=True, timeout=TIMEOUT)
    except requests.exceptions.SSLError as error:
        raise AddressFailed(
            _(
                "The certificate of the server is not accepted. A wrong clock or a proxy can be "
                "the cause."
            )
        ) from error
    except requests.Timeout as error:
        raise _Interrupted(_("The server does not answer.")) from error
    except requests.ConnectionError as error:
        raise _Interrupted(_("The server cannot be reached.")) from error
    except requests.TooManyRedirects as error:
        raise AddressFailed(_("The address redirects without end.")) from error
    except requests.RequestException as error:
        raise AddressFailed(_("The request failed ({reason}).", reason=error)) from error
    if response.status_code in (200, 206, 416):
        return response
    response.close()
    reason = _(
        "The server answers {status} {meaning}.",
        status=response.status_code,
        meaning=response.reason,
    )
    may_pass = response.status_code >= 500 or response.status_code == 429
    raise _Interrupted(reason) if may_pass else AddressFailed(reason)


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """The bytes as they are sent.

    Some servers declare a ``.tar.gz`` to be a tar file in gzip encoding: decoding it, as
    `requests` would, makes another file than the published one.
    """
    try:
        yield from response.raw.stream(_CHUNK, decode_content=False)
    except urllib3.exceptions.TimeoutError as error:
        raise _Interrupted(_("The server has stopped sending.")) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _Interrupted(_("The connection broke off.")) from error


def _settle_unsatisfied(response: requests.Response, part: Part) -> None:
    """The server has nothing after the part: it is complete, or of another file."""
    size = _UNSATISFIED_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if size is None or int(size[1]) != part.size:
        part.drop()
        raise _Interrupted(_("The file on the server has changed: it is downloaded anew."))


def _require_continuation(response: requests.Response, url: str, part: Part) -> None:
    """Raise, and forget the part, unless the answer goes on exactly where the part ends."""
    origin = part.origin
    sent = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    validator = _validator_of(response)
    fits = (
        origin is not None
        and sent is not None
        and int(sent[1]) == part.size
        and (origin.total is None or sent[2] in ("*", str(origin.total)))
        and (origin.url != url or validator in (None, origin.validator))
    )
    if not fits:
        part.drop()
        raise _Interrupted(_("The file on the server has changed: it is downloaded anew."))


def _validator_of(response: requests.Response) -> str | None:
    etag = response.headers.get("ETag", "")
    # Weak ones, W/"...", do not promise the same bytes.
    return etag if etag.startswith('"') else response.headers.get("Last-Modified")


def _length_of(response: requests.Response, archive: Archive) -> int | None:
    """The size that the server announces; raises if it is not the published one."""
    announced = response.headers.get("Content-Length", "")
    if not announced.isdecimal():
        return None
    if archive.checksum and int(announced) != archive.size:
        raise AddressFailed(
            _(
                "The file there has {found} bytes, but {expected} are published.",
                found=int(announced),
                expected=archive.size,
            )
        )
    return int(announced)


def _write(head: bytes, chunks: Iterator[bytes], part: Part, archive: Archive, bar: Bar) -> None:
    origin = part.origin
    done = part.size
    bar.begin(done, origin.total if origin and origin.total else archive.size)
    with part.path.open("ab") as file:
        chunk = head
        while chunk:
            file.write(chunk)
            done += len(chunk)
            bar.at(done)
            chunk = next(chunks, b"")


def _require_flawless(
    part: Part, archive: Archive, check: Callable[[Path, Archive], Message | None]
) -> None:
    reason = check(part.path, archive)
    if reason is not None:
        part.drop()
        raise AddressFailed(reason)
