"""Attacking the published cross tables of random programmes with an integer programme.

    .venv/bin/python -m bench.disclosure [--programmes 10000] [--processes 2] [--seconds 120]

The attacker knows who responded and everybody's groups. Prints how many hidden figures and how
many people's answers follow from all tables of a question; both must be 0. A programme that is
not decided in `--seconds` is counted apart and tried again at the end, ten times as long. What
is done stands in `bench/out/disclosure.jsonl`, a line for each programme: a run that was stopped
goes on from there. Take the file away when the hiding has changed.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection, wait
from pathlib import Path

from tests.surveys.programmes import definition, try_programme

DONE = Path(__file__).parent / "out" / "disclosure.jsonl"
LONGER = 10

Result = tuple[int, Counter[str] | None]  # the programme's number; None: not decided in time


@dataclass
class Worker:
    """A process that is given one programme after another, and ended when one takes too long."""

    process: Process
    line: Connection
    seed: int = -1
    began: float = 0.0

    def give(self, seed: int) -> None:
        """The next programme."""
        self.seed, self.began = seed, time.monotonic()
        self.line.send(seed)

    def end(self) -> None:
        """End it, whatever it is doing."""
        self.process.kill()
        self.process.join()


def work(line: Connection) -> None:
    """What a worker does until it is ended."""
    defn = definition()
    while True:
        line.send(try_programme(line.recv(), defn))


def worker() -> Worker:
    """A new one."""
    ours, theirs = Pipe()
    process = Process(target=work, args=(theirs,), daemon=True)
    process.start()
    return Worker(process, ours)


def attack_all(seeds: Iterable[int], processes: int, seconds: float) -> Iterator[Result]:
    """What was found in each programme, as they are done."""
    waiting = deque(seeds)
    busy: list[Worker] = []
    while waiting or busy:
        while waiting and len(busy) < processes:
            busy.append(worker())
            busy[-1].give(waiting.popleft())
        ready = wait([one.line for one in busy], timeout=1)
        for one in list(busy):
            if one.line in ready:
                yield one.seed, one.line.recv()
            elif time.monotonic() - one.began > seconds:
                yield one.seed, None
            else:
                continue
            if one.line in ready and waiting:
                one.give(waiting.popleft())
            else:
                one.end()
                busy.remove(one)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--programmes", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=120)
    asked = parser.parse_args()
    DONE.parent.mkdir(exist_ok=True)
    lines = [json.loads(line) for line in DONE.read_text().splitlines()] if DONE.exists() else []
    done = {line["seed"]: Counter(line["found"]) for line in lines}
    left = [seed for seed in range(asked.programmes) if seed not in done]
    for seconds in (asked.seconds, asked.seconds * LONGER):
        began, undecided = time.perf_counter(), []
        for number, (seed, found) in enumerate(attack_all(left, asked.processes, seconds), start=1):
            if found is None:
                undecided.append(seed)
            else:
                done[seed] = found
                with DONE.open("a") as file:
                    file.write(json.dumps({"seed": seed, "found": found}) + "\n")
            if number % 500 == 0 or number == len(left):
                took = f"{time.perf_counter() - began:.0f} s"
                print(len(done), took, together(done), f"undecided: {undecided}", flush=True)
        left = undecided
    print(f"{len(done)} programmes, {len(left)} undecided", together(done))


def together(done: Mapping[int, Counter[str]]) -> dict[str, int]:
    """The figures of all programmes, noughts too."""
    total: Counter[str] = Counter()
    for found in done.values():
        total.update(found)
    return dict(total)


if __name__ == "__main__":
    main()
