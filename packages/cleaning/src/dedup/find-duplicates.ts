import type { Source } from '@wenlan/shards';
import { SignatureTable } from '../group/signature-table.ts';
import type { Signature } from '../group/signature-table.ts';
import { survivorOrder } from '../group/survivors.ts';
import type { DatasetContext, DatasetScores } from '../rule.ts';
import { exactDuplicate } from '../rules/exact-duplicate.ts';
import { nearDuplicate } from '../rules/near-duplicate.ts';
import type { NearDuplicateOptions } from '../rules/near-duplicate.ts';
import { nearDuplicateText } from '../rules/near-duplicate-text.ts';
import { semanticDuplicate } from '../rules/semantic-duplicate.ts';
import type { SemanticDuplicateOptions } from '../rules/semantic-duplicate.ts';
import type { SpillOptions } from './spill-file.ts';
import type { SimilarTextOptions } from '../reduce/similar-texts.ts';
import { reduceHere } from '../reduce/reduce-here.ts';

/** Steps that are left out are not done. */
export interface FindDuplicatesOptions {
  /** How many signatures come, at most. */
  rows: number;
  /** Canonical URL and bytes of the picture. */
  exact?: boolean;
  picture?: NearDuplicateOptions;
  vector?: SemanticDuplicateOptions;
  text?: SimilarTextOptions;
  /** Of two that are alike in size and text, the one whose source comes first stays. */
  trust?: readonly Source[];
  /** Everything is held in memory by default. */
  spill?: SpillOptions;
}

/** By row: the row that it duplicates, or -1 for one that stays. */
export interface Duplicates {
  exact: Int32Array | null;
  picture: Int32Array | null;
  vector: Int32Array | null;
  text: Int32Array | null;
  /** The row that stands for the cluster of a row; itself, if it stays. */
  survivorOf(row: number): number;
}

/**
 * The ladder of the cleaning's rules on duplicates, for signatures of whatever origin: each step sees what those before it left. Of
 * a cluster stays the largest picture, then the longest text, then the most trusted source.
 */
export async function findDuplicates(
  signatures: Iterable<Signature> | AsyncIterable<Signature>,
  { rows, exact, picture, vector, text, trust = [], spill }: FindDuplicatesOptions,
): Promise<Duplicates> {
  const table = new SignatureTable(rows, spill ?? null);
  try {
    for await (const signature of signatures) table.add(signature);
    const duplicateOf = new Int32Array(table.rows).fill(-1);
    const context: DatasetContext = {
      seed: 0,
      alive: (row) => duplicateOf[row]! < 0,
      prefer: survivorOrder(table, trust),
      reduce: reduceHere,
    };
    const take = ({ duplicateOf: leaders }: DatasetScores): Int32Array => {
      const found = Int32Array.from({ length: table.rows }, (_, row) => leaders!.get(row));
      for (const [row, leader] of found.entries()) if (leader >= 0) duplicateOf[row] = leader;
      return found;
    };
    return {
      exact: exact === true ? take(await exactDuplicate.measure(table, {}, context)) : null,
      picture: picture === undefined ? null : take(await nearDuplicate.measure(table, picture, context)),
      vector: vector === undefined ? null : take(await semanticDuplicate.measure(table, vector, context)),
      text: text === undefined ? null : take(await nearDuplicateText.measure(table, { ...text, max: 1 }, context)),
      survivorOf(row) {
        let at = row;
        while (duplicateOf[at]! >= 0) at = duplicateOf[at]!;
        return at;
      },
    };
  } finally {
    table.close();
  }
}
