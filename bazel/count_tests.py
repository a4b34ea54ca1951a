"""Counts the test cases of one `bazel test` from its own result files: `N passed, N failed, N skipped`.

usage: count_tests.py EVENTS, the file that --build_event_json_file named. Only targets that this run reports
are counted, cached ones too, so that results left by another run never are.
"""

import collections
import json
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree


def count_cases(path):
    """The cases of one test.xml, by outcome; raises if the file is missing or broken."""
    counts = collections.Counter()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            counts["failed"] += 1
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            counts["skipped"] += 1
        else:
            counts["passed"] += 1
    return counts


def count_attempt(result):
    """One shard's last attempt. A target that failed although its file says otherwise counts as one failure."""
    files = {f["name"]: f.get("uri", "") for f in result.get("testActionOutput", [])}
    path = urllib.parse.unquote(urllib.parse.urlparse(files.get("test.xml", "")).path)
    try:
        counts = count_cases(path)
    except (OSError, ElementTree.ParseError):
        counts = collections.Counter()
    if result.get("status") != "PASSED" and not counts["failed"]:
        counts["failed"] += 1
    return counts


def count_run(events):
    """All cases of a run, and the labels of tests that failed or were never started."""
    tests, shards, counts, bad = set(), {}, collections.Counter(), set()
    for event in events:
        name = event.get("id", {})
        if "targetConfigured" in name and event.get("configured", {}).get("targetKind", "").endswith("_test rule"):
            tests.add(name["targetConfigured"]["label"])
        elif "testResult" in name:
            key = name["testResult"]
            shards[key["label"], key.get("shard"), key.get("run")] = event.get("testResult", {})
        elif "targetCompleted" in name and event.get("aborted", {}).get("reason") == "SKIPPED":
            label = name["targetCompleted"]["label"]
            counts["skipped"] += label in tests  # benches that need a GPU are no tests
            tests.discard(label)
    for (label, _, _), result in shards.items():
        one = count_attempt(result)
        counts += one
        if one["failed"]:
            bad.add(label)
    unstarted = tests - {label for label, _, _ in shards}
    counts["failed"] += len(unstarted)
    return counts, bad | unstarted


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        counts, bad = count_run(json.loads(line) for line in lines)
    for label in sorted(bad):
        print("failed: " + label)
    print("%d passed, %d failed, %d skipped" % tuple(counts[k] for k in ("passed", "failed", "skipped")))


main()
