"""Circles of prerequisites (死循环): each office wants a paper from the next, and the last from the first."""

from collections import deque
from collections.abc import Iterable

Edge = tuple[str, str]
"""Who wants, and from whom."""
Circle = tuple[str, ...]


def circles(edges: Iterable[Edge]) -> list[Circle]:
    """For every edge that lies on a circle the shortest one through it, each circle once, oldest first.

    A circle is its offices in order, each wanting from the next and the last from the first; it begins with
    the office whose edge was recorded first. None is found exactly where the offices can act one after the
    other.
    """
    wants: dict[str, list[str]] = {}
    given = list(dict.fromkeys(edges))
    for wanting, giving in given:
        wants.setdefault(wanting, []).append(giving)
    found: dict[frozenset[Edge], Circle] = {}
    for wanting, giving in given:
        if way := _way(wants, giving, wanting):
            circle = (wanting, *way[:-1])
            found.setdefault(frozenset(zip(circle, (*circle[1:], circle[0]), strict=True)), circle)
    return list(found.values())


def _way(wants: dict[str, list[str]], start: str, end: str) -> Circle:
    """The shortest way from `start` to `end`, both in it; () where there is none."""
    came_from: dict[str, str] = {start: ""}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        if here == end:
            way = [here]
            while way[-1] != start:
                way.append(came_from[way[-1]])
            return tuple(reversed(way))
        for after in wants.get(here, []):
            if after not in came_from:
                came_from[after] = here
                queue.append(after)
    return ()
