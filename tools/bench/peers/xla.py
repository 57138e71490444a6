"""Runs a StableHLO program through XLA on one thread, for xla.ts: requests are lines on standard input, answers are lines of
JSON on standard output.

    python xla.py PROGRAM.mlir IN.npy ...
    {"compile_ms": ..}
    run 100   ->   {"ms": ..}             the time of 100 calls, each waited for
    read      ->   {"results": [[..], ..]}
"""

import json
import os
import sys
import time

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false " + os.environ.get("XLA_FLAGS", "")
if hasattr(os, "sched_setaffinity"):
    # XLA makes as many threads as there are processors.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def answer(value):
    print(json.dumps(value), flush=True)


try:
    import jax
    import numpy
    from jax._src.lib import xla_client
except ImportError as error:
    answer({"error": f"this Python has no jax ({error})"})
    sys.exit(1)

device = jax.devices("cpu")[0]
with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
inputs = [jax.device_put(numpy.load(name), device) for name in sys.argv[2:]]
start = time.perf_counter()
executable = device.client.compile_and_load(
    text, xla_client.DeviceList((device,)), xla_client.CompileOptions()
)
compile_ms = (time.perf_counter() - start) * 1e3


def call():
    results = executable.execute_sharded(inputs).disassemble_into_single_device_arrays()
    for (result,) in results:
        result.block_until_ready()
    return [result for (result,) in results]


call()
answer({"compile_ms": compile_ms})
for line in sys.stdin:
    command, *rest = line.split()
    if command == "run":
        start = time.perf_counter()
        for _ in range(int(rest[0])):
            call()
        answer({"ms": (time.perf_counter() - start) * 1e3})
    elif command == "read":
        answer({"results": [numpy.asarray(r).astype(numpy.float64).ravel().tolist() for r in call()]})
