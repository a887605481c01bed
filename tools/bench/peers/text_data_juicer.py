"""Data-Juicer's operators nearest to the text rules of the recipe weibo: called on batches of 1,000 in memory, without its executor or disk."""

import json
import sys
import time

import jieba.posseg
from data_juicer.ops.filter.alphanumeric_filter import AlphanumericFilter
from data_juicer.ops.filter.character_repetition_filter import CharacterRepetitionFilter
from data_juicer.ops.filter.special_characters_filter import SpecialCharactersFilter
from data_juicer.ops.filter.text_length_filter import TextLengthFilter
from data_juicer.ops.mapper.chinese_convert_mapper import ChineseConvertMapper
from data_juicer.ops.mapper.clean_email_mapper import CleanEmailMapper
from data_juicer.ops.mapper.clean_links_mapper import CleanLinksMapper
from data_juicer.ops.mapper.fix_unicode_mapper import FixUnicodeMapper
from data_juicer.ops.mapper.pii_redaction_mapper import PiiRedactionMapper
from data_juicer.ops.mapper.python_lambda_mapper import PythonLambdaMapper
from data_juicer.ops.mapper.punctuation_normalization_mapper import PunctuationNormalizationMapper
from data_juicer.ops.mapper.replace_content_mapper import ReplaceContentMapper
from data_juicer.ops.mapper.whitespace_normalization_mapper import WhitespaceNormalizationMapper
from data_juicer.utils.constant import Fields

MARKS = [r"//@[^:：\s]+[:：]", r"@[\w·-]{2,30}", r"#[^#\n]{1,40}#", r"\[[一-鿿A-Za-z0-9]{1,8}\]", r"O?网页链接", r"展开全文|转发微博|查看大图"]
mappers = [
    FixUnicodeMapper(),
    PunctuationNormalizationMapper(),
    WhitespaceNormalizationMapper(),
    ChineseConvertMapper(mode="t2s"),
    CleanLinksMapper(),
    CleanEmailMapper(),
    PiiRedactionMapper(),
    ReplaceContentMapper(pattern=MARKS, repl=[""] * len(MARKS)),
]


def replace_names(sample):
    words = jieba.posseg.cut(sample["text"])
    return {"text": "".join("〈人名〉" if word.flag.startswith("nr") and len(word.word) > 1 else word.word for word in words)}


if sys.argv[2:] == ["names"]:
    mappers.append(PythonLambdaMapper("lambda sample: sample", batched=False))
    mappers[-1].lambda_func = replace_names
filters = [
    TextLengthFilter(min_len=2, max_len=280),
    CharacterRepetitionFilter(rep_len=3, max_ratio=0.5),
    SpecialCharactersFilter(max_ratio=0.5),
    AlphanumericFilter(min_ratio=0.3),
]


def run(texts):
    kept = 0
    for start in range(0, len(texts), 1000):
        samples = {"text": texts[start : start + 1000]}
        for mapper in mappers:
            if mapper._batched_op:
                samples = mapper.process_batched(samples)
            else:
                samples["text"] = [mapper.process_single({"text": text})["text"] for text in samples["text"]]
        samples[Fields.stats] = [{} for _ in samples["text"]]
        samples[Fields.context] = [{} for _ in samples["text"]]
        keep = [True] * len(samples["text"])
        for one in filters:
            samples = one.compute_stats_batched(samples)
            keep = [was and now for was, now in zip(keep, one.process_batched(samples))]
        kept += sum(keep)
    return kept


with open(sys.argv[1], encoding="utf-8") as file:
    captions = [json.loads(line) for line in file]
run(captions[:2000])
started = time.process_time()
kept = run(captions)
print(json.dumps({"items": len(captions), "seconds": time.process_time() - started, "figures": {"kept": kept}}))
