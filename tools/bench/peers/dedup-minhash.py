"""MinHash dedup of the texts in argv[1] by datatrove's four stages, one task each."""

import json
import sys
import tempfile
import time

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
from datatrove.data import Document
from datatrove.utils.word_tokenizers import WordTokenizer
from loguru import logger

logger.remove()


class Characters(WordTokenizer):
    """Its own tokenizer of Chinese finds no words in random characters."""

    def word_tokenize(self, text):
        return list(text)

    def sent_tokenize(self, text):
        return [text]

    def span_tokenize(self, text):
        return [(0, len(text))]



rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf8")]


def documents(count):
    def read(data, rank=0, world_size=1):
        for row in rows[:count]:
            yield Document(text=row["text"], id=row["id"])

    return read


def dedup(count):
    kept = set()

    def collect(data, rank=0, world_size=1):
        for document in data:
            kept.add(document.id)
            yield document

    config = MinhashConfig(n_grams=2, num_buckets=14, hashes_per_bucket=8)
    with tempfile.TemporaryDirectory() as folder:
        stages = [
            ([documents(count), MinhashDedupSignature(f"{folder}/signatures", config=config, language=Characters())], 1),
            ([MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=config)], config.num_buckets),
            ([MinhashDedupCluster(f"{folder}/buckets", f"{folder}/remove", config=config)], 1),
            ([documents(count), MinhashDedupFilter(f"{folder}/remove"), collect], 1),
        ]
        for index, (pipeline, tasks) in enumerate(stages):
            LocalPipelineExecutor(pipeline=pipeline, tasks=tasks, workers=1, logging_dir=f"{folder}/logs{index}").run()
    return kept


if __name__ == "__main__":
    dedup(2000)
    start = time.perf_counter()
    kept = dedup(len(rows))
    seconds = time.perf_counter() - start
    copies = [row for row in rows if row["id"] != row["of"]]
    met = sum(1 for row in copies if not (row["id"] in kept and row["of"] in kept))
    figures = {"kept": len(kept), "recall at J ≥ 0.8 %": 100 * met / len(copies)}
    print(json.dumps({"items": len(rows), "seconds": seconds, "figures": figures}))
