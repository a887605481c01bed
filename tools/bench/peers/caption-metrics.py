"""BLEU, METEOR, ROUGE-L and CIDEr-D of pycocoevalcap on captions that are tokens between blanks. argv: file of references and candidates."""
import json
import sys
import time

from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.meteor.meteor import Meteor
from pycocoevalcap.rouge.rouge import Rouge


def scored(references, candidates):
    results = {id: [caption] for id, caption in candidates.items()}
    bleu, _ = Bleu(4).compute_score(references, results, verbose=0)
    figures = {f"BLEU-{n + 1}": float(bleu[n]) for n in range(4)}
    figures["METEOR"] = float(Meteor().compute_score(references, results)[0])
    figures["ROUGE-L"] = float(Rouge().compute_score(references, results)[0])
    figures["CIDEr-D"] = float(Cider().compute_score(references, results)[0])
    return figures


with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)
references, candidates = given["references"], given["candidates"]
few = list(references)[:50]
scored({id: references[id] for id in few}, {id: candidates[id] for id in few})

start = time.perf_counter()
figures = scored(references, candidates)
seconds = time.perf_counter() - start
output = " ".join(f"{name} {value:.6f}" for name, value in figures.items())
print(json.dumps({"items": len(references), "seconds": seconds, "output": output, "figures": figures}))
