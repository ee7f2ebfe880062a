"""A second `true` on every port at once, on the connections a first one has opened, with asyncssh."""

import asyncio
import json
import sys
import time

import asyncssh


async def connected(port, setup):
    connection = await asyncssh.connect(
        "127.0.0.1",
        port=port,
        username=setup["user"],
        client_keys=[setup["key"]],
        known_hosts=setup["known_hosts"],
        kex_algs=["curve25519-sha256"],
        agent_path=None,
        config=None,
    )
    await connection.run("true", check=True)
    return connection


async def main():
    setup = json.load(open(sys.argv[1]))
    connections = await asyncio.gather(*(connected(port, setup) for port in setup["ports"]))
    began = time.perf_counter()
    await asyncio.gather(*(connection.run("true", check=True) for connection in connections))
    print(json.dumps({"seconds": time.perf_counter() - began}))
    for connection in connections:
        connection.close()


asyncio.run(main())
