"""Averages tensors over two ranks of torch.distributed: sizes and runs, precision, the port where they meet."""
import json, os, socket, subprocess, sys, time
import torch
import torch.distributed as dist

work, precision = json.loads(sys.argv[1]), sys.argv[2]
torch.set_num_threads(1)
rank = 0 if len(sys.argv) == 3 else 1
if rank == 0:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    subprocess.Popen([sys.executable, *sys.argv, str(port)], stdout=subprocess.DEVNULL)
else:
    port = int(sys.argv[3])
os.environ.update(GLOO_SOCKET_IFNAME="lo")
dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)


def mean(x):
    if precision == "bf16":
        rounded = x.bfloat16()
        dist.all_reduce(rounded)
        return rounded.float().div_(2)
    dist.all_reduce(x)
    return x.div_(2)


figures, total, seconds = {}, 0, 0.0
for size, runs in zip(work["sizes"], work["runs"]):
    x = torch.ones(int(size) // 4)
    times = []
    for run in range(-3, runs):
        started = time.perf_counter()
        mean(x)
        if run >= 0:
            times.append(time.perf_counter() - started)
    median = sorted(times)[len(times) // 2]
    name = f"{size / 1e3:g} kB" if size < 1e6 else f"{size / 1e6:g} MB"
    figures[name] = f"{1000 * median:.1f} ms, {size / 1e6 / median:.0f} MB/s"
    total += size * len(times)
    seconds += sum(times)
dist.barrier()
dist.destroy_process_group()
if rank == 0:
    print(json.dumps({"items": total / 1e6, "seconds": seconds, "figures": figures}))
