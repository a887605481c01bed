"""Writes gallery.npy, unit rows around 1,000 centres, and queries.npy, some of these with noise. argv: folder, rows, dim, queries."""
import os
import sys

import numpy

folder, rows, dim, queries = sys.argv[1], *map(int, sys.argv[2:5])
random = numpy.random.default_rng(7)


def unit(vectors):
    return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)


centres = random.standard_normal((1000, dim), dtype=numpy.float32)
gallery = unit(centres[numpy.arange(rows) % 1000] + random.standard_normal((rows, dim), dtype=numpy.float32))
chosen = gallery[random.integers(0, rows, queries)]
noise = unit(random.standard_normal((queries, dim), dtype=numpy.float32))
numpy.save(os.path.join(folder, "gallery.npy"), gallery)
numpy.save(os.path.join(folder, "queries.npy"), unit(chosen + noise))
