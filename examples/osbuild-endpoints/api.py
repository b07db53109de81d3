"""Talks to the host from inside the sandbox. Needs Python 3 and nothing else.

    with api.reporting():              # an exception goes to the host, and the program ends with 2
        options = api.arguments()      # the document that the host has for this stage
        api.metadata({"size": 7})      # delivered even if the program ends right after this
"""

import contextlib
import json
import os
import socket
import sys
import traceback

DIRECTORY = "/run/osbuild/api"


class HostError(Exception):
    """The host answered with an error."""


@contextlib.contextmanager
def _connected(endpoint, directory):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(os.path.join(directory, endpoint))
        yield connection


def _line(message):
    return json.dumps(message).encode() + b"\n"


def arguments(directory=DIRECTORY):
    """The document that the host has for this stage."""
    with _connected("arguments", directory) as connection:
        connection.sendall(_line("get"))
        with connection.makefile("rb") as replies:
            reply = json.loads(replies.readline() or b'{"error": {"message": "no reply"}}')
    if "error" in reply:
        raise HostError(reply["error"]["message"])
    return reply["arguments"]


def metadata(values, directory=DIRECTORY):
    """Adds a dictionary to the result. There is no reply to wait for."""
    if not isinstance(values, dict):
        raise TypeError("metadata is a dictionary")
    with _connected("metadata", directory) as connection:
        connection.sendall(_line(values))


def exception(error, directory=DIRECTORY):
    """Tells the host what went wrong."""
    told = {
        "type": type(error).__name__,
        "value": str(error),
        "traceback": "".join(traceback.format_exception(type(error), error, error.__traceback__)),
    }
    with _connected("exception", directory) as connection:
        connection.sendall(_line(told))


@contextlib.contextmanager
def reporting(directory=DIRECTORY):
    """Tells the host of an exception, and ends the program with 2."""
    try:
        yield
    except Exception as error:  # pylint: disable=broad-except
        exception(error, directory)
        sys.exit(2)
