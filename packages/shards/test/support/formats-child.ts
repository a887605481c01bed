import { exportDataset, forgetPairs, importDataset } from '@wenlan/shards';

/** Imports, forgets and exports; told again after a kill, it goes on. Says so whenever something was committed. */
const [input, folder, url] = process.argv.slice(2) as [string, string, string];
const onProgress = (): void => {
  process.stdout.write('committed\n');
};
process.stdout.write('ready\n');
await importDataset(input, { out: `${folder}/data`, maxShardRows: 8, onProgress });
await forgetPairs(`${folder}/data`, { urls: [url] }, { onProgress });
for (const format of ['parquet', 'webdataset', 'folder'] as const) {
  await exportDataset(`${folder}/data`, { out: `${folder}/${format}`, format, maxFileRows: 8, onProgress });
}
