"""Turns a subunit stream into the suites' lines: status, test, reason. One line per test and per failed class fixture."""
import sys

import subunit
import testtools

NAMES = {"success": "ok", "xfail": "ok", "skip": "skip"}


def text(details, *names):
    for name in names:
        if name in details:
            return details[name].as_text()
    return ""


def why(case, status):
    if status == "skip":
        return text(case["details"], "reason")
    lines = text(case["details"], "traceback", "traceback-1").strip().splitlines()
    return " | ".join(l.strip() for l in lines[-4:])


def tell(case):
    if case["status"] == "exists":
        return
    status = NAMES.get(case["status"], "not_ok")
    if case["id"].startswith(("setUpClass", "tearDownClass")) and status == "ok":
        return
    reason = why(case, status).replace("\t", " ").replace("\n", " ") if status != "ok" else ""
    print(status, case["id"], reason, sep="\t")


def main(path):
    with open(path, "rb") as stream:
        result = testtools.StreamToDict(tell)
        result.startTestRun()
        subunit.ByteStreamToStreamResult(stream, non_subunit_name="stdout").run(result)
        result.stopTestRun()


main(sys.argv[1])
