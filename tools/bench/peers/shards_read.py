"""Reads the record batches of a dataset's shards with pyarrow, on one thread. Arguments: batches | objects, dataset, passes.
`objects` makes bytes and strings of Python of what was read."""

import json
import sys
import time
from pathlib import Path

import pyarrow
import pyarrow.ipc

how, location, passes = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
pyarrow.set_cpu_count(1)
pyarrow.set_io_thread_count(1)
schema = pyarrow.ipc.open_file(pyarrow.OSFile(str(next((location / "data").iterdir())))).schema
options = pyarrow.ipc.IpcReadOptions(
    use_threads=False, included_fields=[schema.get_field_index("texts"), schema.get_field_index("image")]
)


def read() -> tuple[int, int]:
    rows = count = 0
    for file in sorted((location / "data").iterdir()):
        with pyarrow.OSFile(str(file)) as source, pyarrow.ipc.open_file(source, options=options) as reader:
            for index in range(reader.num_record_batches):
                batch = reader.get_batch(index)
                rows += batch.num_rows
                if how == "objects":
                    images, texts = batch.column("image").to_pylist(), batch.column("texts").to_pylist()
                    count += sum(len(image) + len(text[0]["text"]) for image, text in zip(images, texts))
                else:
                    count += batch.nbytes
    return rows, count


first = time.perf_counter()
read()
started, cpu = time.perf_counter(), time.process_time()
items = size = 0
for _ in range(passes):
    rows, count = read()
    items, size = items + rows, size + count
seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
figures = {
    "GB/s": f"{size / seconds / 1e9:.2f}",
    "CPU ms a GB": round(cpu / size * 1e12),
    "first pass, s": f"{started - first:.2f}",
}
print(json.dumps({"items": items, "seconds": seconds, "figures": figures}))
