import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { PIXEL, emptyReport, fullReport } from '../../test/reports.ts';
import { renderReport } from './render-report.ts';
import type { RunReport } from './run-report.ts';

interface Page {
  /** All text, white space made single; the style sheet left out. */
  readonly text: string;
  readonly elements: readonly { readonly name: string; readonly attributes: Readonly<Record<string, string>> }[];
  /** Elements that the page did not close itself, and ends without a beginning. */
  readonly misnested: readonly string[];
}

/** Elements that are written without an end: those of HTML that have none, and shapes of SVG. */
const ENDLESS = new Set(['meta', 'br', 'img', 'line', 'path']);

function parse(markup: string): Page {
  const elements: { name: string; attributes: Record<string, string> }[] = [];
  const open: string[] = [];
  const misnested: string[] = [];
  let text = '';
  const parser = new Parser({
    onopentag(name, attributes) {
      elements.push({ name, attributes });
      open.push(name);
    },
    onclosetag(name, implied) {
      if (open.pop() !== name || (implied && !ENDLESS.has(name))) misnested.push(name);
    },
    ontext(data) {
      if (open.at(-1) !== 'style') text += data;
    },
  });
  parser.end(markup);
  return { text: text.replaceAll(/\s+/g, ' '), elements, misnested: [...misnested, ...open] };
}

const plain = (text: string): string => text;
const withClass = (page: Page, name: string): number =>
  page.elements.filter(({ attributes }) => attributes['class']?.split(' ').includes(name)).length;

describe(renderReport, () => {
  it('shows every figure that it is given', async () => {
    const page = parse(renderReport(await fullReport(plain)));
    for (const figure of [
      'quickstart',
      '2026-10-03 14:05 UTC',
      'Seed 7',
      '5,823', // candidates
      '1,203 pages',
      '5,207', // kept
      '89.4% of the candidates',
      '2,310 MB',
      '1 min 14 s',
      '1 h 05 min',
      '4.3 s',
      'duplicate', // 31 + 6
      'Slow down.',
      'train 4,605, test 602',
      '5,703 5,505 −198 3.5%', // image-side, both sources
      '4,001 3,807 −194 4.8%',
      '1,698 1,698 0 0.0%',
      'side 20 px',
      'no picture kept',
      'no text',
      'No samples were taken.',
      '今天天气真好',
      'Validation mean R@10',
      '33.3', // last point
      'Image → text',
      '3 queries, gallery of 3 texts',
      '66.7%',
      '33.33%', // chance of R@1
      '1,000 resamples of 3 groups, seed 0',
      'one caption a picture',
      'Split test',
      'equal score: the lower gallery row ranks first',
      'rank 2 of 3',
      '0.88',
    ]) {
      expect(page.text).toContain(figure);
    }
    const { retrieval } = (await fullReport(plain)).evaluation!;
    expect(page.text).toContain(`Rsum ${retrieval.Rsum.toFixed(1)}`);
    expect(page.text).toContain(`MR of 6: ${retrieval.MR6.toFixed(1)}%`);
    expect(
      page.elements.filter(({ name, attributes }) => name === 'title' && Object.keys(attributes).length === 0).length,
    ).toBeGreaterThan(5);
  });

  it('sums duplicates of whatever picture', async () => {
    const { text } = parse(renderReport(await fullReport(plain)));
    expect(text).toMatch(/duplicate\s*a picture fetched before 37 0\.6% 37 0/);
  });

  it('marks right answers by a tick and a word, not by colour alone', async () => {
    const page = parse(renderReport(await fullReport(plain)));
    expect(page.text.match(/✓ ?right:/g)).toHaveLength(2);
    expect(page.text.match(/· ?wrong:/g)).toHaveLength(1);
    expect(withClass(page, 'right')).toBe(2);
  });

  it('is well nested and accessible', async () => {
    const page = parse(renderReport(await fullReport(plain)));
    expect(page.misnested).toEqual([]);
    const of = (name: string): Page['elements'] => page.elements.filter((element) => element.name === name);
    expect(of('html')[0]!.attributes['lang']).toBe('en');
    expect(of('img').every(({ attributes }) => attributes['alt'] !== undefined && attributes['alt'] !== '')).toBe(true);
    expect(of('table')).toHaveLength(of('caption').length);
    expect(of('svg').every(({ attributes }) => attributes['role'] === 'img' && attributes['aria-label'] !== '')).toBe(true);
    expect(of('th').every(({ attributes }) => attributes['scope'] !== undefined)).toBe(true);
    expect(of('h1')).toHaveLength(1);
    const ids = page.elements.flatMap(({ attributes }) => attributes['id'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = page.elements.flatMap(({ name, attributes }) => (name === 'a' ? [attributes['href']!.slice(1)] : []));
    expect(targets.length).toBeGreaterThan(5);
    expect(ids).toEqual(expect.arrayContaining(targets));
    // Headings go down one level at a time.
    const levels = page.elements.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? [Number(name[1])] : []));
    levels.reduce((above, level) => {
      expect(level).toBeLessThanOrEqual(above + 1);
      return level;
    });
  });

  it('loads nothing from anywhere and runs nothing', async () => {
    const markup = renderReport(await fullReport(plain));
    const { elements } = parse(markup);
    expect(markup).not.toMatch(/https?:\/\//);
    expect(markup).not.toMatch(/url\(|@import/);
    expect(elements.map(({ name }) => name)).not.toEqual(expect.arrayContaining(['script']));
    for (const { name, attributes } of elements) {
      expect(['script', 'link', 'iframe', 'object', 'embed', 'base', 'form', 'audio', 'video']).not.toContain(name);
      expect(Object.keys(attributes).filter((attribute) => attribute.startsWith('on'))).toEqual([]);
      if (attributes['src'] !== undefined) expect(attributes['src']).toBe(PIXEL);
      if (attributes['href'] !== undefined) expect(attributes['href']).toMatch(/^#/);
    }
    const policy = elements.find(({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy');
    expect(policy!.attributes['content']).toContain("default-src 'none'");
  });

  it.each([
    ['a script', '<script>alert(1)</script>'],
    ['a way out of an attribute', '" onmouseover="alert(1)" x="'],
    ['a way out by an apostrophe', "' onerror='alert(1)"],
    ['an image', '<img src=x onerror=alert(1)>'],
    ['ends of our own elements', '</bdi></title></svg></style></table></section>'],
    ['a comment', '<!-- '],
    ['an entity', '&lt;b&gt;&#0;'],
    ['a template of JavaScript', '${alert(1)}`'],
  ])('prints %s as text, wherever it stands', async (_, hostile) => {
    const calm = parse(renderReport(await fullReport((text) => text)));
    const page = parse(renderReport(await fullReport((text) => text + hostile)));
    expect(page.misnested).toEqual([]);
    // An outcome that is none of the known ones loses its explanation, a <small>; everything else is where it was.
    const structure = (of: Page): string[] =>
      of.elements
        .filter(({ name }) => name !== 'small')
        .map(({ name, attributes }) => [name, ...Object.keys(attributes)].join(' '));
    expect(structure(page)).toEqual(structure(calm));
    for (const text of [
      'quickstart',
      '红心',
      '苹果',
      '梨子',
      'image-side',
      'Slow down.',
      'Split',
      'side 20 px',
      'crawl',
      'Validation mean R@10',
    ]) {
      expect(page.text).toContain((text + hostile).replaceAll(/\s+/g, ' '));
    }
  });

  it('takes out what HTML forbids in text', async () => {
    const markup = renderReport(await fullReport((text) => `${text}\u0000\u0008\uD800\u009F\u{1F496}`));
    // oxlint-disable-next-line no-control-regex
    expect(markup).not.toMatch(/[\u0000\u0008\u009F]|\p{Surrogate}/u);
    expect(markup).toContain('红心\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{1F496}');
  });

  it('prints no NaN, undefined or null, whatever is missing', async () => {
    const full = await fullReport(plain);
    const broken: RunReport = {
      ...full,
      generatedAt: Number.NaN,
      peakRssMegabytes: Number.NaN,
      stages: [{ stage: 'crawl', seconds: Number.NaN }],
      training: {
        facts: [],
        loss: [
          { step: 1, value: 3 },
          { step: 2, value: Number.NaN },
          { step: 3, value: Infinity },
        ],
        validation: null,
      },
      evaluation: {
        ...full.evaluation!,
        textQueries: [
          { text: '苹果', rank: Number.NaN, matches: [{ thumbnail: PIXEL, text: '苹果', score: Number.NaN, correct: true }] },
        ],
      },
    };
    for (const report of [full, broken, emptyReport]) {
      const { text, elements } = parse(renderReport(report));
      const printed = [text, ...elements.flatMap(({ attributes }) => Object.values(attributes))].join('\n');
      expect(printed).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
    }
    expect(parse(renderReport(broken)).text).toContain('2 of 3 points are no numbers and are left out.');
  });

  it('says so where a list is empty', () => {
    const page = parse(renderReport(emptyReport));
    expect(page.misnested).toEqual([]);
    expect(page.text).toContain('No candidates were found.');
    expect(page.text).toContain('No rule was applied.');
    expect(page.text).toContain('There are no samples of kept pairs.');
    expect(page.text).toContain('No points were written.');
  });

  it('leaves out sections of stages that were not run', async () => {
    const full = await fullReport(plain);
    const none = parse(renderReport({ ...full, crawl: null, cleaning: null, training: null, evaluation: null }));
    expect(none.elements.flatMap(({ name, attributes }) => (name === 'section' ? [attributes['id']] : []))).toEqual(['summary']);
    const crawlOnly = parse(renderReport({ ...full, cleaning: null, training: null, evaluation: null }));
    expect(crawlOnly.text).toContain('5,823');
    expect(crawlOnly.elements.some(({ attributes }) => attributes['id'] === 'cleaning')).toBe(false);
  });

  it('keeps a page of two hundred thumbnails and ten thousand steps small', async () => {
    const full = await fullReport(plain);
    const thumbnail = `data:image/webp;base64,${'A'.repeat(4096)}`;
    const sample = full.cleaning!.keptSamples[0]!;
    const markup = renderReport({
      ...full,
      cleaning: { ...full.cleaning!, keptSamples: Array.from({ length: 200 }, () => ({ ...sample, thumbnail })) },
      training: {
        facts: [],
        loss: Array.from({ length: 10_000 }, (_, i) => ({ step: i, value: 8 / (i + 1) })),
        validation: null,
      },
    });
    expect(markup.length).toBeLessThan(1_100_000);
    expect(parse(markup).elements.filter(({ name }) => name === 'img').length).toBeGreaterThan(200);
  });

  it.each([
    'https://example.com/a.png',
    'data:text/html;base64,PHNjcmlwdD4=',
    'data:image/svg+xml;base64,PHN2Zy8+',
    'data:image/png;base64,AA" onerror="alert(1)',
    '',
  ])('refuses the thumbnail "%s" by its place', async (uri) => {
    const full = await fullReport(plain);
    const evaluation = full.evaluation!;
    const imageQueries = [{ ...evaluation.imageQueries[0]!, thumbnail: uri }];
    expect(() => renderReport({ ...full, evaluation: { ...evaluation, imageQueries } })).toThrow(
      expect.objectContaining({
        code: 'THUMBNAIL',
        exitStatus: 2,
        message: expect.stringContaining('image query 0 has the thumbnail'),
      }),
    );
    const cleaning = full.cleaning!;
    const pair = { ...cleaning.keptSamples[0]!, thumbnail: uri };
    const droppedSamples = [{ rule: 'image-side', pairs: [pair] }];
    expect(() => renderReport({ ...full, cleaning: { ...cleaning, keptSamples: [pair] } })).toThrow('kept sample 0');
    expect(() => renderReport({ ...full, cleaning: { ...cleaning, droppedSamples } })).toThrow(
      'dropped sample 0 of rule image-side',
    );
    const matches = [{ thumbnail: uri, text: '梨', score: 1, correct: true }];
    expect(() =>
      renderReport({ ...full, evaluation: { ...evaluation, textQueries: [{ text: '梨', rank: 1, matches }] } }),
    ).toThrow('match 0 of text query 0');
  });
});
