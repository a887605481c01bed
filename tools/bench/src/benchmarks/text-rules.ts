import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { captions } from '../data/captions.ts';
import { ours, peer } from '../ours.ts';

const CAPTIONS = 200_000;
/** For the slower peers. */
const FEWER_CAPTIONS = 20_000;

export const benchmark: Benchmark = {
  title: 'Text rules of the recipe weibo',
  unit: 'captions',
  requirements: [
    'py-data-juicer==1.6.1',
    'datatrove==0.10.1',
    'ftfy==6.3.1',
    'opencc==1.4.2',
    'jieba==0.42.1',
    'nltk==3.10.4',
    'spacy==3.8.7',
    'aiohttp==3.14.5',
    'ray==2.60.0',
    'msgpack==1.2.4',
  ],
  target: 5,
  repeats: 3,
  warmsUpInside: true,
  notes: `${CAPTIONS} made-up posts of 12 to 140 characters (mean 46), two thirds with marks, addresses, numbers, names or odd characters in them; each side
runs on one thread, and a second is one of processor time. Ours applies all 22 text rules, names by jieba included, again and again until nothing changes. Data-Juicer runs the twelve operators nearest
to them (it has no rule for names, accounts, plates, adverts, page words or meaningless texts; Weibo's marks are given to its replace_content_mapper as
patterns), datatrove FTFY, PII, length, a list of words and Gopher's repetition, which splits Chinese by jieba. Both are called operator by operator in memory, without
their executors, readers and writers, which would only add to their time; datatrove, and Data-Juicer
with names of persons by jieba's parts of speech in its python_lambda_mapper, on the first ${FEWER_CAPTIONS} captions. Their results differ from ours: Data-Juicer's punctuation mapper turns 《》 and １ into quotation marks.`,
  async prepare({ folder, python }) {
    const file = join(folder, 'captions.jsonl');
    const fewer = join(folder, 'fewer-captions.jsonl');
    const lines = captions(CAPTIONS).map((caption) => `${JSON.stringify(caption)}\n`);
    await writeFile(file, lines.join(''));
    await writeFile(fewer, lines.slice(0, FEWER_CAPTIONS).join(''));
    return {
      sides: [
        { name: 'WenLan', command: ours('text-rules', file) },
        { name: 'Data-Juicer', command: peer(python, 'text_data_juicer', file) },
        { name: 'Data-Juicer, names too', command: peer(python, 'text_data_juicer', fewer, 'names') },
        { name: 'datatrove', command: peer(python, 'text_datatrove', fewer) },
      ],
    };
  },
};
