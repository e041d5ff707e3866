"""The line between the two deployments: a TCP proxy that can be cut, slowed, and made to repeat itself."""

import asyncio
import contextlib
import random
import threading
from collections import deque
from collections.abc import Coroutine
from typing import Any, cast

REMEMBERED = 60
"""Requests kept to be sent once more."""


class Link:
    """Carries what one deployment sends to the other from `port` to `upstream`, both on this machine.

    All methods may be called from any thread; they return at once. What comes back to a repeated request is
    thrown away: the sender never learns of it.
    """

    def __init__(self, port: int, upstream: int) -> None:
        self.port, self.upstream = port, upstream
        self.delay = 0.0
        self.swallowed = self.repeated = self.broken = 0
        self._down = self._swallows = False
        self._requests: deque[bytes] = deque(maxlen=REMEMBERED)
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"link {port}", daemon=True)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        self.cut()
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def cut(self) -> None:
        """Break every connection now, in whatever it is doing, and refuse new ones until `mend`."""
        self._down = True
        self._loop.call_soon_threadsafe(self._break)

    def swallow(self) -> None:
        """Let requests through and lose the answers until `mend`: the far side acts, the near never knows."""
        self._swallows = True

    def mend(self) -> None:
        """As if nothing had been, from the next connection on."""
        self._down, self._swallows, self.delay = False, False, 0.0

    def repeat(self, count: int, rng: random.Random) -> None:
        """Send so many of the last requests once more, in any order, behind everybody's back."""
        seen = list(self._requests)
        chosen = rng.sample(seen, min(count, len(seen)))
        self.repeated += len(chosen)
        for request in chosen:
            asyncio.run_coroutine_threadsafe(self._again(request), self._loop)

    # --- In the loop's thread ------------------------------------------------------------------------

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    async def _finish(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _break(self) -> None:
        self.broken += len(self._open)
        for writer in self._open:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways, until either side ends it or it is cut."""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._tasks.add(task)
        self._open.add(writer)
        try:
            if self._down:
                writer.transport.abort()
                return
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.upstream)
            self._open.add(far)
            try:
                await _first(self._requests_to(far, reader), self._answers_to(writer, far_reader))
            finally:
                self._open.discard(far)
                far.close()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()
            self._tasks.discard(task)

    async def _requests_to(self, far: asyncio.StreamWriter, reader: asyncio.StreamReader) -> None:
        while request := await _request(reader):
            if request.startswith(b"POST"):
                self._requests.append(request)
            await asyncio.sleep(self.delay)
            far.write(request)
            await far.drain()

    async def _answers_to(self, writer: asyncio.StreamWriter, far: asyncio.StreamReader) -> None:
        while answer := await far.read(65536):
            await asyncio.sleep(self.delay)
            if self._swallows:
                self.swallowed += 1
                writer.transport.abort()
                return
            writer.write(answer)
            await writer.drain()

    async def _again(self, request: bytes) -> None:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
            writer.write(request)
            await writer.drain()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(65536), 10)
            writer.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    """One whole HTTP request with its body; b"" at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return head + (await reader.readexactly(length) if length else b"")


async def _first(*both: Coroutine[Any, Any, None]) -> None:
    """Run both; when one ends, so does the other."""
    tasks = [asyncio.ensure_future(each) for each in both]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
