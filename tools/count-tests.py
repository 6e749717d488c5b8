#!/usr/bin/env python3
"""Count the tests of a meson run: count-tests.py testlog.json STATUS

Tells each failed and each skipped test by name, with what it said, and ends with
"N passed, N failed" (", N skipped" follows when some were). A program that crashed, ran
out of time, said nothing or ran fewer tests than it planned has one failed test more; so has
a run that ended with STATUS not 0 for no reason seen here. Exits 1 when a test failed or
none ran.
"""

import json
import re
import sys

RESULT = re.compile(r"(not )?ok\b *\d* *-? *(.*?) *(?:# *SKIP\b *(.*))?$", re.I)
PLAN = re.compile(r"1\.\.(\d+) *(?:# *SKIP\b *(.*))?$", re.I)
NOTES = 20


class Program:
    """What one test program printed, counted."""

    def __init__(self, run):
        self.name = run["name"].split(" / ")[-1]
        self.passed, self.failed, self.skipped = 0, [], []
        self.planned = None
        self.notes = []
        for line in (run.get("stdout") or "").splitlines():
            self.take(line)
        self.judge(run)

    def take(self, line):
        if line.startswith("#"):
            self.notes.append(line)
            return
        if plan := PLAN.match(line):
            self.planned = int(plan[1])
            if self.planned == 0:
                self.skipped.append(("all", plan[2] or "no reason given"))
        elif result := RESULT.match(line):
            self.count(*result.groups())
        else:
            return
        self.notes = []

    def count(self, bad, sentence, skip):
        if bad:
            self.failed.append((sentence, self.notes[-NOTES:]))
        elif skip is not None:
            self.skipped.append((sentence, skip or "no reason given"))
        else:
            self.passed += 1

    def judge(self, run):
        """Add a failure for what the lines do not tell."""
        ran = self.passed + len(self.failed) + len(self.skipped)
        if run["result"] not in ("OK", "SKIP") and not self.failed:
            why = f"{run['result'].lower()}, exit status {run.get('returncode')}"
        elif self.planned is None:
            why = "printed no plan"
        elif self.planned and self.planned != ran:
            why = f"planned {self.planned} tests, ran {ran}"
        else:
            return
        notes = self.notes + (run.get("stderr") or "").splitlines()
        self.failed.append((why, notes[-NOTES:]))


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        programs = [Program(json.loads(line)) for line in log]
    passed = sum(p.passed for p in programs)
    skipped = [(p.name, *skip) for p in programs for skip in p.skipped]
    failed = [(p.name, *failure) for p in programs for failure in p.failed]
    for name, sentence, why in skipped:
        print(f"skipped: {name}: {sentence}: {why}")
    if not failed and sys.argv[2] != "0":
        failed.append(("meson test", f"exit status {sys.argv[2]}", []))
    for name, sentence, notes in failed:
        print(f"FAILED: {name}: {sentence}")
        for note in notes:
            print(f"    {note}")
    tail = f", {len(skipped)} skipped" if skipped else ""
    print(f"{passed} passed, {len(failed)} failed{tail}")
    return 1 if failed or passed == 0 else 0


sys.exit(main())
