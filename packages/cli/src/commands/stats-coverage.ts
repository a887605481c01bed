import { type ConceptCounts, countConcepts } from '@wenlan/crawler';
import type { CommandContext } from '../command-context.ts';

const LISTED_CONCEPTS = 20;
const LONGEST_BAR = 40;

/** What a dataset has pictures of, source by source, as a table and a chart. */
export async function statsCoverageCommand(datasets: string[], context: CommandContext): Promise<void> {
  const read = await Promise.all(datasets.map(async (dataset) => ({ dataset, sources: await countConcepts(dataset) })));
  context.print(
    { datasets: read },
    read.flatMap(({ dataset, sources }) => [dataset, ...sources.flatMap(sourceLines)]),
  );
}

function sourceLines({ source, pictures, withoutConcept, concepts }: ConceptCounts): string[] {
  const listed = concepts.slice(0, LISTED_CONCEPTS);
  const rest = concepts.length - listed.length;
  const most = listed[0]?.[1] ?? 0;
  const line = ([concept, count]: [string, number]): string =>
    `  ${String(count).padStart(9)}  ${((100 * count) / pictures).toFixed(1).padStart(5)} %  ${'█'.repeat(Math.ceil((count / most) * LONGEST_BAR)).padEnd(LONGEST_BAR)}  ${concept}`;
  return [
    `${source}: ${pictures} pictures, ${concepts.length} concepts, ${withoutConcept} pictures without one`,
    ...listed.map(line),
    ...(rest > 0 ? [`  and ${rest} concepts with ${concepts[LISTED_CONCEPTS]![1]} pictures or fewer`] : []),
  ];
}
