import { wellFormed } from './foreign-row.ts';
import type { ForeignRow, ReadContext } from './foreign-row.ts';
import { rowOfRecord } from './record-row.ts';

/** The files of one sample: a picture with a text, a JSON record, or both beside it. */
export interface Sample {
  image: (() => Promise<Uint8Array>) | null;
  text: string | null;
  json: string | null;
}

/** The row that a picture and what lies beside it make up. */
export function rowOfSample(sample: Sample, at: { where: string; place: string }, context: ReadContext): ForeignRow {
  const { record, problem } = parseRecord(sample.json);
  const row = rowOfRecord(record, { ...at, bytes: sample.image ?? undefined }, context);
  const text = wellFormed(sample.text ?? '').trim();
  if (row.fields.id === undefined && text !== '' && !row.fields.texts?.some((known) => known.text === text)) {
    row.fields.texts = [{ kind: 'caption', text }, ...(row.fields.texts ?? [])];
  }
  // Rows of one tar or folder are a picture each, whatever URL they share.
  return { ...row, reference: null, problem: row.problem ?? problem };
}

function parseRecord(json: string | null): { record: Record<string, unknown>; problem: string | null } {
  if (json === null) return { record: {}, problem: null };
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { record: value as Record<string, unknown>, problem: null };
    }
    return { record: {}, problem: 'its JSON holds no object' };
  } catch (error) {
    return { record: {}, problem: `its JSON can't be read: ${(error as Error).message}` };
  }
}
