// Crawls and cleans the pairs of the experiment: the sample web, and the GIMP user manual that Debian packages as gimp-help-zh-cn.
//   node --conditions=@wenlan/source --import tsx experiments/claim/prepare.mjs [--gimp FOLDER]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { serveFolder } from '../../packages/cli/src/serve-folder.ts';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({ options: { gimp: { type: 'string', default: '/usr/share/gimp/2.0/help' } } });
if (!existsSync(join(values.gimp, 'zh_CN/index.html'))) {
  process.stderr.write(
    `${values.gimp} has no zh_CN/index.html; install gimp-help-zh-cn, or name the folder help of the unpacked package with --gimp.\n`,
  );
  process.exit(2);
}

const fromSource = ['--conditions=@wenlan/source', '--import', import.meta.resolve('tsx')];
const web = spawn('node', [...fromSource, join(root, 'tools/sample-web/src/main.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
const [line] = await once(createInterface(web.stdout), 'line');
const manual = await serveFolder(values.gimp);
const addresses = { ...JSON.parse(line).connectTo, 'gimp.wenlan.test': manual.address };
const connectTo = Object.entries(addresses).flatMap(([host, address]) => ['--connect-to', `${host}=${address}`]);

const config = join(import.meta.dirname, 'data.yaml');
const out = join(root, 'quickstart/claim-data');
try {
  await wenlan('crawl', '--config', config, '--out', join(out, 'raw'), ...connectTo);
  await wenlan('clean', join(out, 'raw'), '--config', config, '--out', join(out, 'clean'));
} finally {
  web.kill();
  await manual.close();
}

async function wenlan(...args) {
  const child = spawn('node', [...fromSource, join(root, 'packages/cli/src/main.ts'), ...args], { stdio: 'inherit' });
  const [status] = await once(child, 'close');
  if (status !== 0) process.exitCode = status ?? 1;
  if (status !== 0) throw new Error(`wenlan ${args[0]} ended with status ${status}`);
}
