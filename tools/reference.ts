// `npm run reference`: writes docs/reference from the sources: every command, every key of wenlan.yaml, every error. With --check it only
// says whether they are as the sources have them.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';
import { configSchema } from '../packages/cli/src/config/schema.ts';

const root = join(import.meta.dirname, '..');
const pages = { 'commands.md': commandsPage(), 'config.md': configPage(), 'errors.md': errorsPage() };
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
      /(?:UserError|UsageError|Problem)$/u.test(node.expression.text)
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
