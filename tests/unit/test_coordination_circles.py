"""Circles among prerequisites, compared with what a topological order says."""

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tenants.coordination.circles import Edge, circles

OFFICES = st.sampled_from("ABCDEFG")
GRAPHS = st.lists(st.tuples(OFFICES, OFFICES), max_size=16)


def can_act_in_turn(edges: list[Edge]) -> bool:
    """Whether there is an order in which every office finds the papers that it wants."""
    graph: dict[str, set[str]] = {}
    for wanting, giving in edges:
        graph.setdefault(wanting, set()).add(giving)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return False
    return True


def test_two_that_wait_for_each_other() -> None:
    assert circles([("A", "B"), ("B", "A")]) == [("A", "B")]


def test_a_long_one_is_told_from_its_oldest_edge() -> None:
    assert circles([("C", "A"), ("A", "B"), ("X", "A"), ("B", "C")]) == [("C", "A", "B")]


def test_two_circles_are_both_told() -> None:
    assert circles([("A", "B"), ("B", "A"), ("C", "D"), ("D", "C")]) == [("A", "B"), ("C", "D")]


def test_a_chain_is_none() -> None:
    assert circles([("A", "B"), ("B", "C"), ("A", "C")]) == []


@given(GRAPHS)
def test_there_is_none_exactly_where_all_can_act_in_turn(edges: list[Edge]) -> None:
    assert (circles(edges) == []) == can_act_in_turn(edges)


@given(GRAPHS)
def test_each_is_walked_along_edges_and_meets_nobody_twice(edges: list[Edge]) -> None:
    for circle in circles(edges):
        assert len(set(circle)) == len(circle)
        assert set(pairwise((*circle, circle[0]))) <= set(edges)


@given(GRAPHS)
def test_no_circle_is_told_twice(edges: list[Edge]) -> None:
    walked = [frozenset(pairwise((*circle, circle[0]))) for circle in circles(edges)]
    assert len(set(walked)) == len(walked)


@given(GRAPHS)
def test_without_the_edges_that_were_told_all_can_act_in_turn(edges: list[Edge]) -> None:
    told = {edge for circle in circles(edges) for edge in pairwise((*circle, circle[0]))}
    assert can_act_in_turn([edge for edge in edges if edge not in told])


@given(GRAPHS.flatmap(lambda edges: st.tuples(st.just(edges), st.permutations(edges))))
def test_in_whatever_order_they_are_recorded_a_circle_is_one(both: tuple[list[Edge], list[Edge]]) -> None:
    edges, mixed = both
    assert bool(circles(edges)) == bool(circles(mixed))
