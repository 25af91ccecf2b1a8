"""The search: all ways to find an expectation's frames in a capture, the earliest frames first.

It is a depth-first search over states that are never changed. What to do next is a linked list of
tasks; each task gives the states that may follow, in the order of preference. States from which
nothing can be reached are remembered, so that a search that must go back does not do the same work
twice; ordinary captures are matched without going back at all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wirelab.verify.match.ground import Ground
from wirelab.verify.match.plan import Chain, Choice, Fork, Leaf, Loop, Node, Plan
from wirelab.verify.match.satisfy import Known, Satisfier
from wirelab.verify.match.state import Again, Agenda, Close, Join, Run, State, Task, Trail, taken
from wirelab.verify.match.take import takes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from wirelab.verify.match.closed import Closed
    from wirelab.verify.match.sightings import Sightings
    from wirelab.verify.match.state import Frontier

_NOTHING: frozenset[str] = frozenset()


class Exhausted(Exception):  # noqa: N818 - a finding that becomes a problem of the verdict
    """The search took more attempts than its budget allows."""


class Search:
    """One search for one plan in one capture.

    Attributes:
        furthest: the state that had taken the most frames.
        obstacle: the node that stopped it there.
        attempts: how many frames were tried so far.
    """

    def __init__(
        self,
        plan: Plan,
        seen: Sightings,
        candidates: Mapping[int, list[int]],
        *,
        budget: int,
        missing: frozenset[int] = frozenset(),
        closed: Closed | None = None,
    ) -> None:
        """Prepares a search.

        Args:
            plan: what to find.
            seen: where to look.
            candidates: for each leaf, by its uid, the packets that satisfy its fixed tests.
            budget: how many attempts it may take.
            missing: the uids of leaves that may be passed over because no frame fits them, and of
                chains and forks whose window or order may be broken.
            closed: frames none of which may be left over; None when that does not matter.
        """
        lenient = frozenset(leaf.name for leaf in plan.leaves if leaf.uid in missing) - {""}
        satisfier = Satisfier(lenient=lenient)
        self._ground = Ground(seen, dict(candidates), satisfier, lenient, self._spend, closed)
        self._plan = plan
        self._budget = budget
        self._missing = missing
        self._closed = closed
        self._agendas: dict[tuple[Task, int], Agenda] = {}
        self._dead: set[tuple[object, ...]] = set()
        self._complete = 0
        self._score = (-1, 0, 0)
        self.furthest: State | None = None
        self.obstacle: Node | None = None
        self.attempts = 0

    def matches(self) -> Iterator[State]:
        """The states in which everything was found, in the order of preference.

        Raises:
            Exhausted: the budget is used up.
        """
        begin = self._agenda(Run(self._plan.root), None)
        start = State(begin, self._ground.seen.beginning, Known(self._plan.bindings))
        stack = [(start, self._complete, self._next(start))]
        while stack:
            state, complete, following = stack[-1]
            further = next(following, None)
            if further is None:
                stack.pop()
                if self._complete == complete:
                    self._dead.add(_key(state))
            elif further.agenda is None:
                if self._closed is None or not self._closed.remain(further.frontier):
                    self._complete += 1
                    yield further
            elif not (self._dead and _key(further) in self._dead):
                stack.append((further, self._complete, self._next(further)))

    def _spend(self) -> None:
        self.attempts += 1
        if self.attempts > self._budget:
            raise Exhausted

    def _agenda(self, task: Task, rest: Agenda | None) -> Agenda:
        """A task in front of others; the same object for the same ones, so that it is a key."""
        place = (task, id(rest))
        found = self._agendas.get(place)
        if found is None:
            live = _live(task) | (rest.live if rest else _NOTHING)
            found = self._agendas[place] = Agenda(task, rest, live)
        return found

    def _next(self, state: State) -> Iterator[State]:
        """The states that may follow one, in the order of preference."""
        self._spend()
        if state.agenda is None:
            return iter(())
        task, rest = state.agenda.task, state.agenda.rest
        match task:
            case Run(Leaf() as leaf):
                return self._take(leaf, rest, state)
            case Run(Chain() as chain):
                return self._enter(chain, rest, state)
            case Run(Choice(nodes=nodes)):
                return (state.doing(self._agenda(Run(node), rest)) for node in nodes)
            case Run(Fork() as fork):
                return self._fork(fork, rest, state)
            case Run(Loop() as loop):
                return self._again(Again(loop, 0, state.frames), rest, state)
            case Again():
                return self._again(task, rest, state)
            case Join():
                return self._join(task, rest, state)
            case Close():
                return self._close(task, rest, state)
            case _:
                raise TypeError(f"not a task: {task!r}")

    def _take(self, leaf: Leaf, rest: Agenda | None, state: State) -> Iterator[State]:
        self._note(leaf, state)
        for indices, known in takes(self._ground, leaf, state):
            after = self._taken(leaf, indices, known, state.doing(rest))
            if state.used is not None or not self._leaves_over(state, after, indices):
                yield after
        if leaf.uid in self._missing:
            trail = Trail(state.trail, leaf, (), state.known.bindings, state.frames, missing=True)
            yield replace(state, agenda=rest, trail=trail)

    def _taken(self, leaf: Leaf, indices: tuple[int, ...], known: Known, state: State) -> State:
        """The state after a leaf took some frames."""
        if not indices:
            return replace(state, known=known)
        bindings = known.bindings.with_step(leaf.name, self._ground.packets(indices))
        frames = state.frames + len(indices)
        return State(
            state.agenda,
            self._ground.seen.advanced(state.frontier, indices),
            Known(bindings, known.postponed),
            Trail(state.trail, leaf, indices, known.bindings, frames),
            None if state.used is None else state.used.union(indices),
        )

    def _leaves_over(self, before: State, after: State, taken: Collection[int]) -> bool:
        """Whether a frame that may not be left over lies where nothing can take it any more."""
        if self._closed is None:
            return False
        return not self._closed.between(before.frontier, after.frontier) <= set(taken)

    def _note(self, node: Node, state: State, behind: int = 0) -> None:
        """Remembers how far the search has come, and what it must get past.

        Args:
            node: the obstacle.
            state: the state before it.
            behind: 1 for an obstacle that comes behind all leaves of its node.
        """
        score = (state.frames, behind, node.uid)
        if score > self._score:
            self._score, self.furthest, self.obstacle = score, state, node

    def _enter(self, chain: Chain, rest: Agenda | None, state: State) -> Iterator[State]:
        if chain.within is not None:
            rest = self._agenda(Close(chain, state.trail), rest)
        for node in reversed(chain.nodes):
            rest = self._agenda(Run(node), rest)
        yield state.doing(rest)

    def _close(self, task: Close, rest: Agenda | None, state: State) -> Iterator[State]:
        """What comes behind a chain, when its window allows the time that it took."""
        chain = task.chain
        frames = [index for each in taken(state.trail, task.trail) for index in each.indices]
        times = [self._ground.seen.time(index) for index in frames]
        kept = not times or chain.within is None or max(times) - min(times) in chain.within
        if not kept:
            self._note(chain, state, behind=1)
        if kept or chain.uid in self._missing:
            yield state.doing(rest)

    def _again(self, task: Again, rest: Agenda | None, state: State) -> Iterator[State]:
        """Another iteration where one is possible, then what comes behind the loop."""
        loop, count = task.loop, task.count
        enough = count >= loop.least
        idle = count > 0 and state.frames == task.frames
        if (loop.most is None or count < loop.most) and not (idle and enough):
            after = self._agenda(Again(loop, count + 1, state.frames), rest)
            yield state.doing(self._agenda(Run(loop.node), after))
        if enough:
            yield state.doing(rest)

    def _fork(self, fork: Fork, rest: Agenda | None, state: State) -> Iterator[State]:
        outermost = state.used is None
        join = Join(fork, 0, state.frontier, state.frontier, outermost, None)
        used = frozenset() if state.used is None else state.used
        return self._join(join, rest, replace(state, used=used))

    def _join(self, task: Join, rest: Agenda | None, state: State) -> Iterator[State]:
        """The next branch, or what comes behind the fork when all branches are over."""
        joined, spans = task.joined, task.spans
        if task.begun:
            joined = _later(joined, state.frontier)
        if task.begun and task.fork.blocks:
            span = self._span(task.trail, state)
            if any(_overlap(span, other) for other in spans):
                self._note(task.fork, state, behind=1)
                if task.fork.uid not in self._missing:
                    return
            spans = (*spans, span) if span else spans
        if task.begun == len(task.fork.nodes):
            used = None if task.outermost else state.used
            after = replace(state, agenda=rest, frontier=joined, used=used)
            before = replace(state, frontier=task.start)
            if not (task.outermost and self._leaves_over(before, after, state.used or ())):
                yield after
            return
        trail = state.trail if task.fork.blocks else None
        following = replace(task, begun=task.begun + 1, joined=joined, trail=trail, spans=spans)
        agenda = self._agenda(Run(task.fork.nodes[task.begun]), self._agenda(following, rest))
        yield replace(state, agenda=agenda, frontier=task.start)

    @staticmethod
    def _span(before: Trail | None, state: State) -> tuple[int, int] | None:
        """The first and last frame since an earlier moment, None when there was none."""
        frames = [index for each in taken(state.trail, before) for index in each.indices]
        return (min(frames), max(frames)) if frames else None


def _live(task: Task) -> frozenset[str]:
    match task:
        case Run(node=node) | Again(loop=node) | Join(fork=node):
            return node.live
        case Close():
            return _NOTHING


def _later(one: Frontier, other: Frontier) -> Frontier:
    return tuple(map(max, one, other))


def _overlap(one: tuple[int, int] | None, other: tuple[int, int]) -> bool:
    return one is not None and one[0] < other[1] and other[0] < one[1]


def _key(state: State) -> tuple[object, ...]:
    """All of a state on which it depends what can be reached from it."""
    bindings = state.known.bindings
    agenda = state.agenda
    live = () if agenda is None else agenda.live
    bound = tuple((bindings.names.get(name), bindings.packets.get(name)) for name in live)
    pending = tuple((id(test), id(packet)) for test, packet in state.known.postponed)
    return (id(agenda), state.frontier, state.used, bound, pending)
