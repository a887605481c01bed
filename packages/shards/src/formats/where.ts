import type { Pair } from '../pair.ts';
import { UserError } from '../user-error.ts';

/** A condition, which knows the columns that it looks at. */
export interface Condition {
  (row: Pair): boolean;
  readonly columns: readonly (keyof Pair)[];
}
type Test = (row: Pair) => boolean;
type Value = string | number | null;

const FIELDS = [
  'id',
  'source',
  'outcome',
  'band',
  'cluster',
  'mime',
  'imageUrl',
  'pageUrl',
  'width',
  'height',
  'fetchedAt',
] as const;
const TOKEN =
  /\s*(?:(?<punctuation>[(),]|[=!<>]=|[=<>])|(?<number>-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?<text>"[^"]*"|'[^']*')|(?<word>[\p{L}_][\p{L}\p{N}_.:-]*))/uy;
const COMPARISONS = ['=', '==', '!=', '<', '<=', '>', '>='];

interface Token {
  kind: 'punctuation' | 'number' | 'text' | 'word';
  text: string;
  at: number;
}

/**
 * A condition on columns, as `scores.aesthetic > 0.5 and source = news and not imageUrl contains "/ads/"`:
 * `=` `!=` `<` `<=` `>` `>=`, `contains` and `in (timeout, http-5xx)`, joined by `and`, `or`, `not` and parentheses. Columns are id, source, outcome,
 * band, cluster, mime, imageUrl, pageUrl, width, height, fetchedAt and scores.NAME. What a row lacks is null, and null is
 * neither smaller nor greater than anything.
 * @throws UserError WHERE_INVALID naming the character
 */
export function parseWhere(where: string): Condition {
  const tokens = tokenize(where);
  const columns = new Set<keyof Pair>();
  let next = 0;
  const refuse = (what: string): never => {
    const at = tokens[next]?.at ?? where.length;
    throw new UserError('WHERE_INVALID', `The condition ${JSON.stringify(where)} is wrong at character ${at + 1}: ${what}.`);
  };
  const take = (text: string): boolean => {
    const matches = tokens[next]?.kind !== 'text' && tokens[next]?.text.toLowerCase() === text;
    if (matches) next += 1;
    return matches;
  };

  const parseOr = (): Test => {
    let left = parseAnd();
    while (take('or')) left = either(left, parseAnd());
    return left;
  };
  const parseAnd = (): Test => {
    let left = parseNot();
    while (take('and')) left = both(left, parseNot());
    return left;
  };
  const parseNot = (): Test => {
    if (take('not')) return inverse(parseNot());
    if (!take('(')) return parseComparison();
    const inner = parseOr();
    if (!take(')')) refuse('a ) is missing');
    return inner;
  };
  const parseComparison = (): Test => {
    const column = columnOf(tokens[next]) ?? refuse(`here has to be a column: ${FIELDS.join(', ')} or scores.NAME`);
    columns.add(tokens[next]!.text.split('.')[0] as keyof Pair);
    next += 1;
    if (take('in')) return isAmong(column, parseList());
    const operator =
      [...COMPARISONS, 'contains'].find(take) ?? refuse(`here has to be one of ${COMPARISONS.join(' ')} contains in`);
    return compare(column, operator, parseValue());
  };
  const parseList = (): Value[] => {
    if (!take('(')) refuse('a ( is missing');
    const values = [parseValue()];
    while (take(',')) values.push(parseValue());
    if (!take(')')) refuse('a , or a ) is missing');
    return values;
  };
  const parseValue = (): Value => {
    const token = tokens[next] ?? refuse('a value is missing');
    if (token.kind === 'punctuation') refuse('a value is missing');
    next += 1;
    return valueOf(token);
  };

  const condition = parseOr();
  if (next < tokens.length) refuse('here has to be and, or, or the end');
  return Object.assign((row: Pair) => condition(row), { columns: [...columns] });

  function tokenize(text: string): Token[] {
    const found: Token[] = [];
    TOKEN.lastIndex = 0;
    while (text.slice(TOKEN.lastIndex).trim() !== '') {
      const at = TOKEN.lastIndex + text.slice(TOKEN.lastIndex).search(/\S/);
      const groups = TOKEN.exec(text)?.groups;
      if (groups === undefined) {
        throw new UserError(
          'WHERE_INVALID',
          `The condition ${JSON.stringify(text)} is wrong at character ${at + 1}: it can't be read.`,
        );
      }
      const [kind, value] = Object.entries(groups).find((entry): entry is [Token['kind'], string] => entry[1] !== undefined)!;
      found.push({ kind, text: value, at });
    }
    return found;
  }
}

const either =
  (left: Test, right: Test): Test =>
  (row) =>
    left(row) || right(row);
const both =
  (left: Test, right: Test): Test =>
  (row) =>
    left(row) && right(row);
const inverse =
  (inner: Test): Test =>
  (row) =>
    !inner(row);

function columnOf(token: Token | undefined): ((row: Pair) => Value) | null {
  if (token?.kind !== 'word') return null;
  const { text } = token;
  if (text.startsWith('scores.')) return (row) => row.scores[text.slice('scores.'.length)] ?? null;
  const field = FIELDS.find((name) => name === text);
  return field === undefined ? null : (row) => row[field];
}

function valueOf({ kind, text }: Token): Value {
  if (kind === 'number') return Number(text);
  if (kind === 'text') return text.slice(1, -1);
  return text === 'null' ? null : text;
}

const isAmong =
  (column: (row: Pair) => Value, values: readonly Value[]): Test =>
  (row) =>
    values.includes(column(row));

function compare(column: (row: Pair) => Value, operator: string, value: Value): Test {
  switch (operator) {
    case '=':
    case '==':
      return (row) => column(row) === value;
    case '!=':
      return (row) => column(row) !== value;
    case 'contains':
      return (row) => String(column(row) ?? '').includes(String(value));
    default:
      return (row) => {
        const left = column(row);
        if (left === null || value === null || typeof left !== typeof value) return false;
        return operator === '<'
          ? left < value
          : operator === '<='
            ? left <= value
            : operator === '>'
              ? left > value
              : left >= value;
      };
  }
}
