import { writeSamples } from './write-samples.ts';

process.stdout.write('ready\n');
await writeSamples(process.argv[2]!, () => process.stdout.write('committed\n'));
