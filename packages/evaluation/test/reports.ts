import { retrieval } from '../src/index.ts';
import type { ReportPair, RunReport } from '../src/index.ts';
import { oneToOne, withScores } from './matrices.ts';

/** The smallest PNG there is: one transparent pixel. */
export const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** A report with something in every place; `say` writes each of its texts. */
export async function fullReport(say: (text: string) => string): Promise<RunReport> {
  const scores = [
    [0.9, 0.2, 0.1],
    [0.3, 0.4, 0.5],
    [0.2, 0.1, 0.8],
  ];
  const pair = (source: string, note: string | null): ReportPair => ({
    thumbnail: PIXEL,
    source: say(source),
    note: note === null ? null : say(note),
    texts: [
      { kind: say('caption'), text: say('红心') },
      { kind: say('post'), text: say('今天天气真好') },
    ],
  });
  return {
    title: say('quickstart'),
    generatedAt: Date.UTC(2026, 9, 3, 14, 5),
    facts: [{ label: say('Seed'), value: say('7') }],
    stages: [
      { stage: say('crawl'), seconds: 74.4 },
      { stage: say('train'), seconds: 3907 },
      { stage: say('evaluate'), seconds: 4.25 },
    ],
    peakRssMegabytes: 2310,
    crawl: {
      pages: 1203,
      outcomes: [
        { outcome: say('ok'), source: say('news'), count: 4001 },
        { outcome: say('ok'), source: say('weibo'), count: 1702 },
        { outcome: 'duplicate:A', source: say('news'), count: 31 },
        { outcome: 'duplicate:B', source: say('news'), count: 6 },
        { outcome: say('http-4xx'), source: say('weibo'), count: 83 },
      ],
      advice: [say('Slow down.')],
    },
    cleaning: {
      recipe: say('default'),
      rules: [
        {
          rule: say('min-side'),
          sources: [say('news')],
          change: say('change: {}'),
          bins: [
            [-1, 3],
            [64, 5],
            [20_000, 1],
            [3_000_000, 2],
          ],
          dropped: [],
          near: [],
          changes: [[say('图'), say('图')]],
        },
      ],
      topics: [{ source: say('news'), texts: 20, words: [{ word: say('长城'), count: 4 }] }],
      kept: 5207,
      splits: [
        { split: say('train'), pairs: 4605 },
        { split: say('test'), pairs: 602 },
      ],
      funnel: [
        { rule: say('image-side'), source: say('news'), in: 4001, out: 3807 },
        { rule: say('image-side'), source: say('weibo'), in: 1702, out: 1698 },
        { rule: say('near-duplicate'), source: say('news'), in: 3807, out: 3509 },
        { rule: say('near-duplicate'), source: say('weibo'), in: 1698, out: 1698 },
      ],
      keptSamples: [pair('news', null), pair('weibo', null)],
      droppedSamples: [
        {
          rule: say('image-side'),
          pairs: [pair('news', 'side 20 px'), { ...pair('news', 'no bytes'), thumbnail: null, texts: [] }],
        },
        { rule: say('near-duplicate'), pairs: [] },
      ],
    },
    training: {
      facts: [{ label: say('Steps'), value: say('3') }],
      loss: [
        { step: 1, value: 8.25 },
        { step: 2, value: 7.125 },
        { step: 3, value: 6.75 },
      ],
      validation: {
        label: say('Validation mean R@10'),
        points: [
          { step: 1, value: 11.5 },
          { step: 3, value: 33.25 },
        ],
      },
    },
    evaluation: {
      retrieval: await retrieval({
        ...withScores(scores),
        truth: oneToOne(3),
        captionPolicy: say('one caption a picture'),
        notes: { [say('Split')]: say('test') },
      }),
      textQueries: [
        {
          text: say('苹果'),
          rank: 2,
          matches: [
            { thumbnail: PIXEL, text: say('香蕉'), score: 0.875, correct: false },
            { thumbnail: PIXEL, text: say('苹果'), score: 0.5, correct: true },
          ],
        },
      ],
      imageQueries: [
        { thumbnail: PIXEL, text: say('梨'), rank: 1, matches: [{ text: say('梨子'), score: 0.25, correct: true }] },
      ],
    },
  };
}

/** A run of which nothing came. */
export const emptyReport: RunReport = {
  title: 'nothing',
  generatedAt: 0,
  facts: [],
  stages: [],
  peakRssMegabytes: null,
  crawl: { pages: 0, outcomes: [], advice: [] },
  cleaning: { kept: 0, splits: [], funnel: [], keptSamples: [], droppedSamples: [], recipe: null, rules: [], topics: [] },
  training: { facts: [], loss: [], validation: { label: 'Validation', points: [] } },
  evaluation: null,
};
