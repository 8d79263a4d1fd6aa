"""Sends events and reads recommendations with nothing but Python's standard library.

    python3 examples/2-python/events.py http://localhost:8000

A key, if the server asks for one, is read from FRESHET_KEY.
"""

import json
import os
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

# With the delays below some 20 s in all, most of it at the end: as long as a restart takes where much else goes on.
ATTEMPTS_MAX = 10
FIRST_DELAY_S = 0.2
DELAY_S_MAX = 10
TIMEOUT_S = 10


class Refused(Exception):
    """The server said no; problem["errors"] has a pointer to each mistake."""

    def __init__(self, problem):
        super().__init__(problem.get("detail"))
        self.problem = problem


class Freshet:
    def __init__(self, url, key=None):
        self.url = url.rstrip("/")
        self.key = key

    def track(self, events):
        """Returns the position of the events and what became of each. Sent again after a failure, each counts once: it has an id."""
        named = [{"interaction_id": str(uuid.uuid4()), "timestamp": now_ms(), **event} for event in events]
        # sent_at says what this clock shows while sending, so that the server can correct a wrong one.
        return self.call("POST", "/interactions", lambda: {"sent_at": now_ms(), "events": named})

    def recommendations(self, customer_id, **question):
        path = f"/recommendations/{urllib.parse.quote(customer_id, safe='')}"
        return self.call("GET", f"{path}?{urllib.parse.urlencode(question)}")

    def call(self, method, path, body=None):
        """Tries again after no answer, 429 and 503: ever later, at random, never sooner than Retry-After says."""
        for attempt in range(ATTEMPTS_MAX):
            try:
                return self.once(method, path, body() if body else None)
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503) or attempt + 1 == ATTEMPTS_MAX:
                    raise Refused(problem_in(error)) from error
                wait_s = float(error.headers.get("Retry-After") or 0)
            except OSError:  # no connection, or it broke
                if attempt + 1 == ATTEMPTS_MAX:
                    raise
                wait_s = 0
            time.sleep(wait_s + random.uniform(0, min(DELAY_S_MAX, FIRST_DELAY_S * 2**attempt)))

    def once(self, method, path, body):
        request = urllib.request.Request(f"{self.url}/api/v1{path}", method=method)
        if self.key:
            request.add_header("Authorization", f"Bearer {self.key}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return json.load(answer)


def problem_in(error):
    try:
        return json.load(error)
    except ValueError:  # something between here and the server has answered
        return {"status": error.code, "detail": str(error)}


def now_ms():
    return round(time.time() * 1000)


def main(url):
    freshet = Freshet(url, os.environ.get("FRESHET_KEY"))
    told = freshet.track(
        [
            {"customer_id": "anna", "event_type": "view", "item_id": "tea"},
            {"customer_id": "anna", "event_type": "purchase", "item_id": "tea", "value": 4.5},
            {"customer_id": "anna", "event_type": "view"},
        ]
    )
    print("accepted:", told["accepted"])
    for outcome in told["results"]:
        for error in outcome.get("errors", []):
            print("rejected:", error["pointer"], error["detail"])

    # min_position: the list knows the events above.
    answer = freshet.recommendations("anna", limit=3, min_position=told["position"])
    print("knows the purchase:", answer["position_reached"])
    for item in answer["items"]:
        print("offer:", item["item_id"], item["algorithm"])

    try:
        freshet.recommendations("anna", limit=0)
    except Refused as refused:
        print("refused:", refused)


if __name__ == "__main__":
    url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    try:
        main(url)
    except OSError as error:
        sys.exit(f"{url} does not answer: {error}")
