import { parseArgs } from 'node:util';
import { startSampleWeb } from './start-sample-web.ts';

/** Serves the sample web until it is told to stop or its parent is gone; prints where, as one line of JSON. */
const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, port: { type: 'string', default: '0' } } });
const web = await startSampleWeb({ seed: Number(values.seed), port: Number(values.port) });
process.stdout.write(`${JSON.stringify({ connectTo: web.connectTo, sites: web.sites })}\n`);

const stop = (): void => {
  void web.close().then(() => process.exit(0));
};
process.once('SIGTERM', stop).once('SIGINT', stop);
process.stdin.once('end', stop).once('close', stop).resume();
