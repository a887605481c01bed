import { clean } from '@wenlan/cleaning';
import { TEST_RECIPE } from './raw-dataset.ts';

// Cleans argv[2] into argv[3], and says so on stdout whenever there is progress.
await clean(process.argv[2]!, {
  out: process.argv[3]!,
  recipe: TEST_RECIPE,
  seed: 5,
  maxShardRows: 16,
  onProgress: ({ phase, rowsDone }) => process.stdout.write(`${phase} ${rowsDone}\n`),
});
