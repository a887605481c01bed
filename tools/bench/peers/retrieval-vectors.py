"""Writes images.npy and texts.npy of unit rows; a text is its image and as much noise as leaves recall between 0 and 100 %. argv: folder, rows, dim."""
import os
import sys

import numpy

folder, rows, dim = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random = numpy.random.default_rng(7)


def save(name, vectors):
    vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
    numpy.save(os.path.join(folder, name), vectors)


images = random.standard_normal((rows, dim), dtype=numpy.float32)
noise = random.standard_normal((rows, dim), dtype=numpy.float32)
texts = images + 12 * noise
save("images.npy", images)
save("texts.npy", texts)
