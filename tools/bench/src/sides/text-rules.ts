import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { builtInRecipe, textExplainer } from '@wenlan/cleaning';

/** All text rules of the recipe weibo over a file of captions, one JSON string a line. */
const lines = readFileSync(process.argv[2]!, 'utf8').trimEnd().split('\n');
const captions = lines.map((line) => JSON.parse(line) as string);
const explain = textExplainer(builtInRecipe('weibo'), { source: 'weibo', kind: 'post' });
for (const caption of captions.slice(0, 5000)) explain(caption);

const startedAt = process.cpuUsage();
let kept = 0;
let changed = 0;
const hash = createHash('sha256');
for (const caption of captions) {
  const { text, keep } = explain(caption);
  if (keep) kept += 1;
  if (text !== caption) changed += 1;
  hash.update(text);
}
// Of the processor, collecting garbage in other threads included: what one core does, whoever else is on the machine.
const { user, system } = process.cpuUsage(startedAt);
const seconds = (user + system) / 1e6;
console.log(JSON.stringify({ items: captions.length, seconds, output: hash.digest('hex'), figures: { kept, changed } }));
