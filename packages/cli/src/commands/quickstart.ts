import { join } from 'node:path';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { localPath } from '../local-path.ts';
import { runPipeline } from '../pipeline.ts';
import { serveFolder } from '../serve-folder.ts';
import type { ConnectTo } from '../stages/crawl-stage.ts';
import { UsageError } from '../usage-error.ts';
import { linesOf } from './run.ts';

export interface QuickstartCommandOptions {
  out: string;
  site?: string;
  connectTo: ConnectTo;
  workers: number;
}

// As far from src/commands as from dist/commands.
const CONFIGS = join(import.meta.dirname, '../../configs');
/** The host that configs/quickstart-site.yaml begins at. */
const SITE_HOST = 'site.wenlan.test';

/** The whole line on the sample web, which the caller has started, or on a folder of HTML pages. */
export async function quickstartCommand(options: QuickstartCommandOptions, context: CommandContext): Promise<void> {
  const { out, site, connectTo, workers } = options;
  if (site === undefined && Object.keys(connectTo).length === 0) {
    throw new UsageError(
      'SITE_MISSING',
      'There is nothing to crawl: the sample web comes with the repository (`npm run quickstart` there); elsewhere name a folder of HTML pages with --site.',
    );
  }
  const config = await loadConfig(join(CONFIGS, site === undefined ? 'quickstart.yaml' : 'quickstart-site.yaml'));
  config.out = localPath(out);
  const server = site === undefined ? undefined : await serveFolder(site);
  try {
    const addresses = server === undefined ? connectTo : { ...connectTo, [SITE_HOST]: server.address };
    const result = await runPipeline(config, { title: 'quickstart', connectTo: addresses, workers }, context);
    context.print(result, linesOf(result));
  } finally {
    await server?.close();
  }
}
