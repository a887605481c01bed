import { emptyPair, exportDataset, importDataset, openDataset } from '@wenlan/shards';

/** Writes, exports or imports rows of 8 KB, and says what memory it took. Arguments: write | export | import, rows, folder. */
const [work, rows, folder] = process.argv.slice(2) as ['write' | 'export' | 'import', string, string];
const maxFileRows = 1000;
const data = `${folder}/data-${rows}`;

async function write(): Promise<void> {
  const writer = await openDataset(data, { stage: 'test', recipe: {} });
  for (let number = 0; number < Number(rows); number += 1) {
    const image = new Uint8Array(8192).fill(number);
    await writer.append([emptyPair({ id: `row-${number}`, source: 'local', outcome: 'filtered:min-side', image })]);
  }
  await writer.finish();
  await writer.close();
}

if (work === 'write') await write();
if (work === 'export') await exportDataset(data, { out: `${data}-parquet`, format: 'parquet', maxFileRows });
if (work === 'import') await importDataset(`${data}-parquet`, { out: `${data}-again` });
process.stdout.write(JSON.stringify({ peakMB: Math.round((process.resourceUsage().maxRSS * 1024) / 1e6) }));
