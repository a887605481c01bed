import { parseArgs } from 'node:util';
import { startSampleWeb } from './start-sample-web.ts';

/** Serves the sample web until it is told to stop or its standard input ends; prints where, as one line of JSON. */
const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, port: { type: 'string', default: '0' } } });
const web = await startSampleWeb({ seed: integer('seed', 2 ** 31), port: integer('port', 65_535) });
process.stdout.write(`${JSON.stringify({ connectTo: web.connectTo, sites: web.sites })}\n`);

const stop = (): void => {
  void web.close().then(() => process.exit(0));
};
process.once('SIGTERM', stop).once('SIGINT', stop);
process.stdin.once('end', stop).once('close', stop).resume();

function integer(name: 'seed' | 'port', max: number): number {
  const value = values[name];
  if (/^\d+$/.test(value) && Number(value) <= max) return Number(value);
  process.stderr.write(`--${name} ${value} is no whole number from 0 to ${max}.\n`);
  process.exit(2);
}
