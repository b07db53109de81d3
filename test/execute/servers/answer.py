# A server: answers every client with one line, until it is ended. The words behind the socket's path change that.
import os
import signal
import socket
import subprocess
import sys
import time

path, words = sys.argv[1], sys.argv[2:]
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM if "datagram" in words else socket.SOCK_STREAM)

if "deaf" in words:  # to SIGTERM, as is what it starts
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "parent" in words:
    subprocess.Popen(["sleep", "1000"])
if "group" in words:  # its child ends on SIGTERM only when it has done something
    subprocess.Popen(["sh", "-c", "trap 'sleep 0.3; echo tidied >&2; exit' TERM; while :; do sleep 0.05; done"])
if "daemon" in words and os.fork() > 0:
    os._exit(0)

server.bind(path)
for word in words:
    if word.startswith("after="):  # listens when that file is there, and says so in another one first
        while not os.path.exists(word[6:]):
            time.sleep(0.005)
        open(word[6:] + ".seen", "w").close()
if "mute" in words or "datagram" in words:
    time.sleep(1000)
server.listen()
for count in range(1000000):
    client, _ = server.accept()
    try:
        client.sendall(b"hello\n")
    except OSError:
        pass
    client.close()
    for word in words:
        if word.startswith("leave="):  # at the second client, for the first one is sbx
            if count == 1:
                sys.exit(int(word[6:]))
