"""Retrieval as one writes it with NumPy: matmul and argpartition, both ways, chunk by chunk. argv: folder, rows, dim."""
import json
import os
import sys
import time

import numpy

CHUNK = 2048
K = 10


def hits(queries, gallery):
    """How many queries have the gallery row of their own number within the first K."""
    found = 0
    for start in range(0, len(queries), CHUNK):
        scores = queries[start : start + CHUNK] @ gallery.T
        best = numpy.argpartition(-scores, K, axis=1)[:, :K]
        found += int((best == numpy.arange(start, start + len(best))[:, None]).any(axis=1).sum())
    return found


folder = sys.argv[1]
images = numpy.load(os.path.join(folder, "images.npy"))
texts = numpy.load(os.path.join(folder, "texts.npy"))
hits(images[:CHUNK], texts[:CHUNK])

start = time.perf_counter()
recall = [100 * hits(images, texts) / len(images), 100 * hits(texts, images) / len(texts)]
seconds = time.perf_counter() - start
names = ["i2t R@10", "t2i R@10"]
output = " ".join(f"{name} {value:.3f}" for name, value in zip(names, recall))
print(json.dumps({"items": len(images) * len(texts), "seconds": seconds, "output": output, "figures": {name: round(value, 3) for name, value in zip(names, recall)}}))
