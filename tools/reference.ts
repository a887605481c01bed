// `npm run reference`: writes docs/reference from the sources: every command, every key of wenlan.yaml, every outcome,
// every error. With --check it only
// says whether they are as the sources have them.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';
import { RULE_NAMES } from '../packages/cleaning/src/rules/rule-table.ts';
import { configSchema } from '../packages/cli/src/config/schema.ts';
import { MENDS } from '../packages/crawler/src/summary/mends.ts';
import { PLAIN_OUTCOMES } from '../packages/shards/src/pair.ts';

const root = join(import.meta.dirname, '..');
const pages = {
  'commands.md': commandsPage(),
  'config.md': configPage(),
  'outcomes.md': outcomesPage(),
  'errors.md': errorsPage(),
};
let isStale = false;
for (const [name, page] of Object.entries(pages)) {
  const file = join(root, 'docs/reference', name);
  const text = `<!-- Written by \`npm run reference\`; edit the sources that it reads. -->\n\n${page}`;
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    isStale = true;
    process.stderr.write(`docs/reference/${name} is not what the sources say; run \`npm run reference\` and commit it.\n`);
  }
}
if (isStale) process.exit(1);

/** What `--help` prints, command by command. */
function commandsPage(): string {
  const help = (...command: string[]): string => {
    const args = ['--conditions=@wenlan/source', '--import', 'tsx', 'packages/cli/src/main.ts', ...command, '--help'];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  const namesIn = (text: string): string[] =>
    [...(text.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z][a-z-]*)/gmu)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'help');
  const sections = namesIn(help()).flatMap((name) => {
    const text = help(name);
    const nested = namesIn(text);
    return nested.length === 0 ? [[name, text]] : nested.map((inner) => [`${name} ${inner}`, help(name, inner)]);
  });
  return `# Commands\n\n\`wenlan --json\` prints one JSON object, \`--log json\` one line of JSON for each step of progress, \`--debug\` the stack of an error.
The exit status is 0 when done, 1 when the run failed, 2 for wrong usage, config or input, 130 when interrupted.\n\n${sections
    .map(([name, text]) => `## wenlan ${name}\n\n\`\`\`\n${text}\n\`\`\`\n`)
    .join('\n')}`;
}

/** Keys of wenlan.yaml from the schema that checks them, those of `train` from the interface that documents them. */
function configPage(): string {
  const rows: string[] = [];
  const add = (path: string, schema: z.core.JSONSchema.BaseSchema): void => {
    const properties = schema.properties ?? (schema.items as z.core.JSONSchema.BaseSchema | undefined)?.properties;
    if (path !== '') {
      const fallback =
        schema.default === undefined || typeof schema.default === 'object' ? '' : `\`${JSON.stringify(schema.default)}\``;
      rows.push(`| \`${path}\` | ${typeOf(schema)} | ${fallback} | ${cell(schema.description ?? '')} |`);
    }
    const suffix = schema.type === 'array' ? '[]' : '';
    for (const [key, child] of Object.entries(properties ?? {}))
      add(path === '' ? key : `${path}${suffix}.${key}`, child as z.core.JSONSchema.BaseSchema);
  };
  add('', z.toJSONSchema(configSchema, { io: 'input' }));
  const train = ['ShorthandSettings', 'ResolvedTrainConfig']
    .flatMap((name) => interfaceMembers(join(root, 'packages/model/src/train-config.ts'), name))
    .map(({ name, type, comment }) => `| \`train.${name}\` | \`${code(type)}\` | ${cell(comment)} |`);
  return `# wenlan.yaml\n\n\`wenlan init\` writes one with comments. Recipes of cleaning are in the [README of the package](../../packages/cleaning).\n
| key | type | default | |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n\n## train\n\n| key | type | |\n| --- | --- | --- |\n${train.join('\n')}\n`;
}

function typeOf({ type, enum: values, anyOf }: z.core.JSONSchema.BaseSchema): string {
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (anyOf !== undefined) return [...new Set(anyOf.map((each) => each.type ?? 'value'))].join(' or ');
  return String(type ?? 'value');
}

function interfaceMembers(file: string, name: string): { name: string; type: string; comment: string }[] {
  const source = parse(file);
  const found: { name: string; type: string; comment: string }[] = [];
  ts.forEachChild(source, (node) => {
    if (!ts.isInterfaceDeclaration(node) || node.name.text !== name) return;
    for (const member of node.members) {
      if (!ts.isPropertySignature(member)) continue;
      const comment = ts
        .getJSDocCommentsAndTags(member)
        .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '')
        .join(' ');
      const type = (member.type?.getText(source) ?? '').replaceAll(/\s*\| undefined/gu, '');
      found.push({ name: member.name.getText(source), type, comment });
    }
  });
  if (found.length === 0) throw new Error(`${file} has no interface ${name} with members`);
  return found;
}

/** What each outcome says; mends come from the crawler's own sentences, and for those that need none or come from elsewhere from here. */
function outcomesPage(): string {
  const said: Record<string, [means: string, mend?: string]> = {
    ok: ['The picture is there and decodes.', 'nothing is to be done'],
    dns: ["The host's name was not resolved."],
    tcp: ['The host was not reached, or broke off.'],
    tls: ['No sound encrypted connection came about.'],
    timeout: ['No connection, no first byte, or a pause, for longer than `limits` allow.'],
    'too-slow': ['The whole took longer than `limits.totalTimeoutMillis`.'],
    'too-big': ['More bytes than `maxImageBytes`, or a ratio of unpacking above `limits.maxDecompressionRatio`.'],
    'http-4xx': ['The site answered 4xx: not there, not allowed.'],
    'http-5xx': ['The site answered 5xx.'],
    'rate-limited': ['The site answered 429, or 503 with a Retry-After that is too long.'],
    robots: ['robots.txt forbids it.'],
    'opt-out': ['X-Robots-Tag, meta robots or a TDM reservation keeps it out.'],
    'redirect-loop': ['More redirects than `limits.maxRedirects`, or in a circle.'],
    'not-image': ['What came is no picture by its bytes.'],
    decode: ['A picture that is damaged or cut short.'],
    placeholder: [
      'The same bytes under many addresses: a notice rather than a picture.',
      'raise maxUrls of the rule placeholder if it is wanted',
    ],
    'hash-mismatch': [
      'Other bytes than the list promised.',
      'the picture has changed since the list was made; import without the column of hashes to take it as it is',
    ],
    forgotten: ['Taken out by `wenlan forget`.', 'it stays out: nothing of the kind is taken in again'],
    'duplicate:ID': [
      'The same or nearly the same picture as the pair ID, which is kept.',
      'raise or lower the thresholds of near-duplicate in the recipe',
    ],
    'filtered:private-address': ['The name leads to an address of a private network.'],
    'filtered:no-image': ['A row of a list without a picture.'],
    'filtered:not-http': ['A row of a list whose address is no http or https URL.'],
    'filtered:bad-row': ['A line of a list that cannot be read.'],
    'filtered:file-missing': ['A row of a list that names a file that is not there.'],
    'filtered:not-fetched': [
      'Imported with its URL only.',
      'fetch it by `wenlan retry DATASET --where "outcome = filtered:not-fetched"`',
    ],
    'filtered:max-pixels': ['Its header claims more pixels than are decoded.', 'raise maxPixels if it is wanted'],
    'filtered:concept-cap': ['There are as many pictures of its concept as `coverage.caps` allow.'],
  };
  const missing = [...PLAIN_OUTCOMES, ...Object.keys(MENDS)].filter((name) => said[name] === undefined && name !== 'unreadable');
  if (missing.length > 0) throw new Error(`outcomesPage says nothing of ${missing.join(', ')}; write it there.`);
  const rows = Object.entries(said).map(([name, [means, mend = MENDS[name]]]) => {
    if (mend === undefined) throw new Error(`${name} has no mend; write it in the crawler's mends.ts, or in outcomesPage.`);
    return `| \`${name}\` | ${cell(means)} | ${cell(mend)} |`;
  });
  const rules = RULE_NAMES.map((name) => `\`${name}\``).join(', ');
  return `# Outcomes\n\nEvery candidate has a row with one of these, whatever became of it; \`wenlan inspect\` counts them.\n
| outcome | means | mend |\n| --- | --- | --- |\n${rows.join('\n')}\n
## filtered:RULE\n\nThe cleaning rule of that name dropped the pair; its measures are in \`scores\`. \`wenlan serve\` shows what a rule dropped and what other thresholds
would keep, \`wenlan explain\` what it measures on one text or picture, and \`clean --retune\` judges anew without decoding. What each rule does is in the
[README of the package](../../packages/cleaning). Rules: ${rules}.\n`;
}

/** Codes and sentences of the errors that the packages construct; what is filled in stands in braces. */
function errorsPage(): string {
  const byPackage = readdirSync(join(root, 'packages')).map((name) => {
    const found = new Map<string, Set<string>>();
    for (const file of readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      for (const { code, sentence } of errorsIn(join(root, 'packages', name, 'src', file))) {
        if (!found.has(code)) found.set(code, new Set());
        found.get(code)!.add(sentence);
      }
    }
    return { name, found: [...found].sort(([left], [right]) => (left < right ? -1 : 1)) };
  });
  const sections = byPackage
    .filter(({ found }) => found.length > 0)
    .map(({ name, found }) => {
      const rows = found.map(([code, sentences]) => `| \`${code}\` | ${[...sentences].map(cell).join('<br>')} |`);
      return `## @wenlan/${name}\n\n| code | sentence |\n| --- | --- |\n${rows.join('\n')}\n`;
    });
  return `# Errors\n\nEach is one sentence: where, what is wrong, and the mend. Programs test the \`code\`. What is filled in stands in braces.\n\n${sections.join('\n')}`;
}

function errorsIn(file: string): { code: string; sentence: string }[] {
  const source = parse(file);
  const found: { code: string; sentence: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isNewExpression(node) &&
      ts.isIdentifier(node.expression) &&
      /(?:UserError|UsageError|EngineError|Problem)$/u.test(node.expression.text)
    ) {
      const texts = (node.arguments ?? []).map((argument) => textOf(argument, source));
      const at = texts.findIndex((text) => text !== null && /^[A-Z][A-Z0-9_]+$/u.test(text));
      const sentence = texts[at + 1];
      if (at >= 0 && sentence !== null && sentence !== undefined) found.push({ code: texts[at]!, sentence });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The text of a literal or template; null for anything else. */
function textOf(node: ts.Expression, source: ts.SourceFile): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  const spans = node.templateSpans.map(({ expression, literal }) => `{${nameOf(expression, source)}}${literal.text}`);
  return node.head.text + spans.join('');
}

/** A short name stands for itself; a computation for what it is computed of. */
function nameOf(expression: ts.Expression, source: ts.SourceFile): string {
  const text = expression.getText(source);
  return /^[\w.]{1,40}$/u.test(text) ? text : '…';
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(relative(root, file), readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
}

function code(text: string): string {
  return text.replaceAll(/\s*\n\s*/gu, ' ').replaceAll('|', '\\|');
}

function cell(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/gu, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;');
}
