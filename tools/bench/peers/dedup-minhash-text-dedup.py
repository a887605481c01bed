"""MinHash dedup of the texts in argv[1] by text-dedup's command `minhash`; with "spaced" as argv[2] with a space between characters."""

import json
import os
import sys
import tempfile
import time

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"

import datasets
from text_dedup import minhash

minhash.logger.setLevel("ERROR")
spaced = sys.argv[2:] == ["spaced"]
with open(sys.argv[1], encoding="utf8") as file:
    rows = [json.loads(line) for line in file]


def dedup(count):
    """Ids of the texts that are left."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/texts.jsonl", "w", encoding="utf8") as file:
            for row in rows[:count]:
                text = " ".join(row["text"]) if spaced else row["text"]
                file.write(json.dumps({"id": row["id"], "text": text}, ensure_ascii=False) + "\n")
        options = {
            "--path": "json",
            "--data_files": f"{folder}/texts.jsonl",
            "--split": "train",
            "--cache_dir": f"{folder}/cache",
            "--output": f"{folder}/left",
            "--column": "text",
            "--batch_size": "10000",
            "--num_proc": "1",
            "--threshold": "0.8",
            # By default texts of fewer than 5 words, as it cuts them, are left out: all captions.
            "--min_length": "1",
        }
        if spaced:
            options["--ngram"] = "2"
        started = time.perf_counter()
        minhash.main([part for pair in options.items() for part in pair], standalone_mode=False)
        seconds = time.perf_counter() - started
        return seconds, set(datasets.load_from_disk(f"{folder}/left")["id"])


if __name__ == "__main__":
    dedup(2000)
    seconds, kept = dedup(len(rows))
    copies = [row for row in rows if row["id"] != row["of"]]
    # A copy counts as found if just one of both is left: leaving out both finds nothing.
    met = sum(1 for row in copies if (row["id"] in kept) != (row["of"] in kept))
    figures = {"kept": len(kept), "recall at J ≥ 0.8 %": 100 * met / len(copies)}
    print(json.dumps({"items": len(rows), "seconds": seconds, "figures": figures}))
