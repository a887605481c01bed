import { readPairs } from '@wenlan/shards';
import { conceptsOf } from './concepts.ts';

/** How many pictures of what a source of a dataset has. */
export interface ConceptCounts {
  source: string;
  pictures: number;
  /** Pictures of which neither a tag nor a title says what they are about. */
  withoutConcept: number;
  /** Concept and its pictures, most first, equal ones by name. */
  concepts: [concept: string, pictures: number][];
}

/**
 * Counts the concepts (see {@link conceptsOf}) of the pictures that a dataset holds, source by source in the order of their
 * names: what steers a crawl, read back from its rows. Memory grows with the number of different concepts alone.
 * @throws UserError those of `readPairs`
 */
export async function countConcepts(dataset: string): Promise<ConceptCounts[]> {
  const counted = new Map<string, { pictures: number; withoutConcept: number; concepts: Map<string, number> }>();
  for await (const rows of readPairs(dataset, { columns: ['texts'], where: ({ outcome }) => outcome === 'ok' })) {
    for (const row of rows) {
      const source = counted.get(row.source) ?? { pictures: 0, withoutConcept: 0, concepts: new Map<string, number>() };
      counted.set(row.source, source);
      const concepts = conceptsOf(row);
      source.pictures += 1;
      if (concepts.length === 0) source.withoutConcept += 1;
      for (const concept of concepts) source.concepts.set(concept, (source.concepts.get(concept) ?? 0) + 1);
    }
  }
  return [...counted]
    .sort(([left], [right]) => compareText(left, right))
    .map(([source, { concepts, ...rest }]) => ({
      source,
      ...rest,
      concepts: [...concepts].sort(([left, a], [right, b]) => b - a || compareText(left, right)),
    }));
}

/** By code units, the same on every machine. */
function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
