"""A process that submits deals over HTTP: `python -m tests.test_promises.posting PORT`.

Reads its token from the first line of its input and references from the next; prints for each deal the status of the
answer and the state that it told.
"""

import http.client
import json
import sys


def main(port: int, token: str, references: list[str]) -> None:
    """Submit one after the other over one kept connection, as a client does that trusts the edition it read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "If-Match": '"1"'}
    for reference in references:
        connection.request("POST", f"/api/v1/deals/{reference}/submit/", b"{}", headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        print(answer.status, reference, told["deal"]["state"] if "deal" in told else told.get("code"), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.stdin.readline().strip(), sys.stdin.readline().split())
