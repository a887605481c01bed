import { CONSENT_KEYS } from './arrow-schema.ts';
import { BANDS, PLAIN_OUTCOMES, SOURCES, TEXT_KINDS } from './pair.ts';
import type { Pair } from './pair.ts';
import { UserError } from './user-error.ts';

const LONE_SURROGATE = /\p{Surrogate}/u;
const MAX_INT32 = 2 ** 31 - 1;
const MAX_UINT64 = 2n ** 64n - 1n;

const sources = new Set<string>(SOURCES);
const textKinds = new Set<string>(TEXT_KINDS);
const bands = new Set<string>(BANDS);
const plainOutcomes = new Set<string>(PLAIN_OUTCOMES);

/**
 * Refuses a row that couldn't be read back as it was given.
 * @param row its number in the split, for the message
 * @throws UserError ROW_INVALID naming the row, the field and the mend
 */
export function checkRow(pair: Pair, row: number): void {
  const refuse = (what: string): never => {
    throw new UserError('ROW_INVALID', `Row ${row} (id ${JSON.stringify(pair.id)}) can't be stored: ${what}.`);
  };
  const checkText = (text: string | null, name: string): void => {
    if (text === null || text.isWellFormed()) return;
    const position = text.search(LONE_SURROGATE);
    const unit = text.codePointAt(position)!.toString(16).toUpperCase();
    refuse(
      `${name} holds a lone surrogate (U+${unit}) at character ${position}, which UTF-8 has no bytes for; replace it with U+FFFD`,
    );
  };
  const checkSide = (value: number | null, name: string): void => {
    if (value !== null && !(Number.isInteger(value) && value >= 0 && value <= MAX_INT32)) {
      refuse(`${name} is ${value}, which isn't a whole number of pixels; give null if it isn't known`);
    }
  };

  if (pair.id === '') refuse('its id is empty; make one with pairId()');
  checkText(pair.id, 'id');
  if (!sources.has(pair.source)) refuse(`source is "${pair.source}"; it has to be one of ${SOURCES.join(', ')}`);
  if (!isOutcome(pair.outcome)) {
    refuse(`outcome is "${pair.outcome}"; it has to be filtered:RULE, duplicate:ID or one of ${PLAIN_OUTCOMES.join(', ')}`);
  }
  if (pair.band !== null && !bands.has(pair.band))
    refuse(`band is "${pair.band}"; it has to be null or one of ${BANDS.join(', ')}`);
  for (const key of ['outcome', 'pageUrl', 'imageUrl', 'author', 'mime', 'cluster'] as const) checkText(pair[key], key);
  for (const [index, { kind, text }] of pair.texts.entries()) {
    if (!textKinds.has(kind)) refuse(`text ${index} is of kind "${kind}"; it has to be one of ${TEXT_KINDS.join(', ')}`);
    checkText(text, `text ${index}`);
  }
  if (pair.consent !== null) for (const key of CONSENT_KEYS) checkText(pair.consent[key] ?? null, `consent.${key}`);
  for (const name of Object.keys(pair.scores)) checkText(name, 'the name of a score');
  checkSide(pair.width, 'width');
  checkSide(pair.height, 'height');
  if (pair.sha256 !== null && pair.sha256.byteLength !== 32)
    refuse(`sha256 has ${pair.sha256.byteLength} bytes; it has to have 32`);
  if (pair.phash !== null && (pair.phash < 0n || pair.phash > MAX_UINT64))
    refuse(`phash is ${pair.phash}; it has to fit 64 bits`);
  if (pair.fetchedAt !== null && !Number.isSafeInteger(pair.fetchedAt)) {
    refuse(`fetchedAt is ${pair.fetchedAt}; it has to be a whole number of milliseconds`);
  }
  for (const [index, box] of pair.boxes?.entries() ?? []) {
    const count: number = box.length;
    if (count !== 4) refuse(`box ${index} has ${count} numbers; it has to have x1, y1, x2 and y2`);
  }
}

function isOutcome(outcome: string): boolean {
  return plainOutcomes.has(outcome) || /^(filtered|duplicate):./s.test(outcome);
}
