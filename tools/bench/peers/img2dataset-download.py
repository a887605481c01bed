"""img2dataset on a list of URLs. Arguments: port, pictures, hosts, resize mode, side of the picture or 0, processes, threads, [keep]."""

import json
import multiprocessing
import shutil
import sys
import tempfile
import time
from pathlib import Path


def url_of(number: int, hosts: int, port: int) -> str:
    host = number % hosts
    return f"http://127.1.{host // 250}.{host % 250 + 1}:{port}/p/{number}.jpg"


def run(first: int, last: int, arguments: list[str]) -> tuple[int, float]:
    from img2dataset import download

    port, _, hosts, mode, side, processes, threads = arguments[:7]
    keep = arguments[7] if len(arguments) > 7 else None
    folder = Path(keep if keep and first == 0 else tempfile.mkdtemp(prefix="img2dataset-"))
    folder.mkdir(parents=True, exist_ok=True)
    urls = folder / "urls.txt"
    urls.write_text("\n".join(url_of(number, int(hosts), int(port)) for number in range(first, last)))
    started = time.perf_counter()
    download(
        url_list=str(urls),
        output_folder=str(folder / "out"),
        output_format="webdataset",
        processes_count=int(processes),
        thread_count=int(threads),
        resize_mode=mode,
        image_size=int(side) or 256,
        disable_all_reencoding=mode == "no",
        number_sample_per_shard=1000,
        compute_hash="sha256",
        enable_wandb=False,
    )
    seconds = time.perf_counter() - started
    stats = [json.loads(file.read_text()) for file in (folder / "out").glob("*_stats.json")]
    successes = sum(shard["successes"] for shard in stats)
    if not (keep and first == 0):
        shutil.rmtree(folder)
    return successes, seconds


if __name__ == "__main__":
    multiprocessing.set_start_method("fork", force=True)
    pictures = int(sys.argv[2])
    run(pictures, pictures + 1000, sys.argv[1:])
    successes, seconds = run(0, pictures, sys.argv[1:])
    print(json.dumps({"items": successes, "seconds": seconds, "figures": {"success": f"{100 * successes / pictures:.2f} %"}}))
