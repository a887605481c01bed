"""datatrove's formatters and filters nearest to the text rules of the recipe weibo, called document by document without readers or writers."""

import json
import sys
import time

from datatrove.data import Document
from datatrove.pipeline.filters import GopherRepetitionFilter, LambdaFilter, RegexFilter
from datatrove.pipeline.formatters import FTFYFormatter, PIIFormatter
from datatrove.utils.typeshelper import Languages

formatters = [FTFYFormatter(), PIIFormatter()]
filters = [
    LambdaFilter(lambda document: 2 <= len(document.text) <= 280),
    RegexFilter(r"代开发票|办假证|^\s*(?:转发微博|点击查看大图|展开全文)\s*$"),
    GopherRepetitionFilter(language=Languages.mandarin_chinese),
]


def run(texts):
    kept = 0
    for index, text in enumerate(texts):
        document = Document(text=text, id=str(index))
        for formatter in formatters:
            document.text = formatter.format(document.text)
        kept += all(one.filter(document) is True for one in filters)
    return kept


with open(sys.argv[1], encoding="utf-8") as file:
    captions = [json.loads(line) for line in file]
run(captions[:2000])
started = time.process_time()
kept = run(captions)
print(json.dumps({"items": len(captions), "seconds": time.process_time() - started, "figures": {"kept": kept}}))
