"""`true` on every port at once with asyncssh; prints the seconds it took."""

import asyncio
import json
import sys
import time

import asyncssh


async def one(port, setup):
    async with asyncssh.connect(
        "127.0.0.1",
        port=port,
        username=setup["user"],
        client_keys=[setup["key"]],
        known_hosts=setup["known_hosts"],
        kex_algs=["curve25519-sha256"],
        agent_path=None,
        config=None,
    ) as connection:
        done = await connection.run("true", check=True)
        assert done.exit_status == 0


async def main():
    setup = json.load(open(sys.argv[1]))
    began = time.perf_counter()
    await asyncio.gather(*(one(port, setup) for port in setup["ports"]))
    print(json.dumps({"seconds": time.perf_counter() - began}))


asyncio.run(main())
