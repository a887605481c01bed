import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { scoreCaptions } from '../src/captions/score-captions.ts';
import { seededRandom } from '../src/seeded-random.ts';

const python = process.env['WENLAN_PYTHON'] ?? 'python3';
const has = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const hasPackage = has(python, '-c', 'import pycocoevalcap');
const hasJava = has('java', '-version');
if (!hasPackage) process.stderr.write(`pycocoevalcap.test.ts skipped: ${python} can't import pycocoevalcap.\n`);
else if (!hasJava) process.stderr.write('pycocoevalcap.test.ts: METEOR left out, there is no Java.\n');

const PROGRAM = `
import contextlib, json, sys
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.meteor.meteor import Meteor
from pycocoevalcap.rouge.rouge import Rouge
given = json.load(sys.stdin)
references, results = given["references"], {id: [caption] for id, caption in given["candidates"].items()}
with contextlib.redirect_stdout(sys.stderr):
    bleu, _ = Bleu(4).compute_score(references, results, verbose=0)
    figures = {f"BLEU-{n + 1}": float(bleu[n]) for n in range(4)}
    figures["ROUGE-L"] = float(Rouge().compute_score(references, results)[0])
    figures["CIDEr-D"] = float(Cider().compute_score(references, results)[0])
    if given["meteor"]:
        figures["METEOR"] = float(Meteor().compute_score(references, results)[0])
json.dump(figures, sys.stdout)
`;

describe.skipIf(!hasPackage)('scoreCaptions beside pycocoevalcap itself', () => {
  it.each([1, 2])(
    'equals it on the same tokens, draw %i',
    (seed) => {
      const random = seededRandom(seed);
      const sentence = (): string =>
        Array.from(
          { length: 1 + Math.floor(18 * random()) },
          () => '一只猫在红色的桌子上看书，两个人'[Math.floor(16 * random())],
        ).join(' ');
      const ids = Array.from({ length: 40 }, (_, picture) => `图${picture}`);
      const references = Object.fromEntries(
        ids.map((id) => [id, Array.from({ length: 1 + Math.floor(5 * random()) }, sentence)]),
      );
      const candidates = Object.fromEntries(ids.map((id) => [id, sentence()]));
      const input = JSON.stringify({ references, candidates, meteor: hasJava });
      const theirs = JSON.parse(execFileSync(python, ['-c', PROGRAM], { input, encoding: 'utf8', stdio: 'pipe' })) as object;
      const ours = scoreCaptions(references, candidates, { tokenizer: 'space' });
      expect(Object.keys(theirs)).toHaveLength(hasJava ? 7 : 6);
      for (const [name, value] of Object.entries(theirs)) expect(ours[name as 'BLEU-1'], name).toBeCloseTo(value as number, 6);
    },
    120_000,
  );
});
