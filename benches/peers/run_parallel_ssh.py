"""`true` on every port at once with parallel-ssh (libssh2 under gevent); prints the seconds it took."""

import json
import sys
import time

from pssh.clients import ParallelSSHClient
from pssh.config import HostConfig

setup = json.load(open(sys.argv[1]))
hosts = ["127.0.0.1"] * len(setup["ports"])
configs = [HostConfig(port=port, user=setup["user"], private_key=setup["key"]) for port in setup["ports"]]
began = time.perf_counter()
client = ParallelSSHClient(hosts, host_config=configs, pool_size=len(hosts), allow_agent=False)
output = client.run_command("true")
client.join(output)
assert all(host.exit_code == 0 for host in output)
print(json.dumps({"seconds": time.perf_counter() - began}))
