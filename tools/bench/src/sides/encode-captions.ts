import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@wenlan/engine';
import { createEncoder, Tokenizer } from '@wenlan/model';
import { RELEASED_MODEL, releasedTower, writeTower } from '../data/released-towers.ts';

/** Encodes captions from strings to vectors, as `wenlan encode` does. Argument: the folder of captions and vocabulary. */
const [folder] = process.argv.slice(2) as [string];
await loadEngine();
const text = releasedTower('text');
const weights = join(folder, 'text.safetensors');
if (!existsSync(weights)) await writeTower(text, weights);

const texts = JSON.parse(await readFile(join(folder, 'captions.json'), 'utf8')) as string[];
const tokenizer = await Tokenizer.load(join(folder, 'vocab.txt'));
const textBuckets = [16, 24, 32, 40, 48, 64, 80];
// the picture tower is never run: any store serves
const encoder = createEncoder({ model: RELEASED_MODEL, image: text, text, tokenizer, textBuckets });
await writeFile(join(folder, 'captions-features'), await encoder.encodeTexts(texts));
const start = performance.now();
await encoder.encodeTexts(texts);
const seconds = (performance.now() - start) / 1000;
process.stdout.write(`${JSON.stringify({ items: texts.length, seconds })}\n`);
