import type { ResizeMode, ResizeOptions, SourceConfig } from '@wenlan/crawler';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { type Config, configSchema } from '../config/schema.ts';
import { crawlTable } from '../crawl-table.ts';
import { crawlQueueStage } from '../stages/crawl-queue-stage.ts';
import { type ConnectTo, crawlLine, crawlStage } from '../stages/crawl-stage.ts';
import { UsageError } from '../usage-error.ts';

export interface CrawlCommandOptions {
  out: string;
  config?: string;
  connectTo: ConnectTo;
  source?: SourceConfig['kind'];
  seed?: string[];
  contact?: string;
  allowAddress?: string[];
  maxPages?: number;
  urlCol?: string;
  captionCol?: string;
  since?: string;
  forgottenIn?: string[];
  queue?: string;
  priority?: number;
  resize?: ResizeMode;
  resizeSize?: number;
  resizeOnlyIfBigger?: boolean;
  resizeFormat?: ResizeOptions['format'];
  resizeQuality?: number;
}

export async function crawlCommand(options: CrawlCommandOptions, context: CommandContext): Promise<void> {
  const config = withResize(sourceOfFlags(options) ?? (await loadConfig(options.config)), options);
  const { out, connectTo, since, forgottenIn, priority, queue = config.queue } = options;
  const summary =
    queue === undefined
      ? await crawlStage(config, out, connectTo, context, { since, forgottenIn })
      : await crawlQueueStage(config, { out, connectTo, since, forgottenIn, queue, priority }, context);
  context.print({ dataset: options.out, ...summary }, [crawlLine(summary, options.out), ...crawlTable(summary)]);
}

/** The size that flags ask for goes before that of the config. */
function withResize(config: Config, options: CrawlCommandOptions): Config {
  const {
    resize: mode,
    resizeSize: size,
    resizeOnlyIfBigger: onlyIfBigger,
    resizeFormat: format,
    resizeQuality: quality,
  } = options;
  const given = Object.fromEntries(
    Object.entries({ size, onlyIfBigger, format, quality }).filter(([, value]) => value !== undefined),
  );
  if (mode === undefined) {
    if (Object.keys(given).length > 0)
      throw new UsageError(
        'CRAWL_FLAGS',
        'The flags of --resize need its mode; give --resize border, keep_ratio, keep_ratio_largest or center_crop.',
      );
    return config;
  }
  return config.crawl === undefined ? config : { ...config, crawl: { ...config.crawl, resize: { mode, ...given } } };
}

/** Of a crawl without a config. */
const REQUIRED_FLAGS = ['--source', '--seed', '--contact'];

/** The config that the flags of one source stand for; null if there are none. */
function sourceOfFlags(options: CrawlCommandOptions): Config | null {
  const { config, source, seed, contact, allowAddress, maxPages, urlCol, captionCol } = options;
  const given = Object.entries({ '--source': source, '--seed': seed, '--contact': contact }).filter(([, value]) => value);
  const limits = Object.entries({
    '--allow-address': allowAddress,
    '--max-pages': maxPages,
    '--url-col': urlCol,
    '--caption-col': captionCol,
  }).filter(([, value]) => value);
  if (given.length === 0 && limits.length === 0) return null;
  if (config !== undefined) {
    throw new UsageError(
      'CRAWL_FLAGS',
      `${(given[0] ?? limits[0])![0]} and --config don't go together; name the sources in one of them.`,
    );
  }
  if (source === undefined || seed === undefined || contact === undefined) {
    const missing = REQUIRED_FLAGS.filter((flag) => !given.some(([name]) => name === flag)).join(' and ');
    throw new UsageError('CRAWL_FLAGS', `A crawl without a config needs ${REQUIRED_FLAGS.join(', ')}; give ${missing} too.`);
  }
  const columns = { ...(urlCol !== undefined && { image: urlCol }), ...(captionCol !== undefined && { text: captionCol }) };
  const isNamed = Object.keys(columns).length > 0;
  return {
    ...configSchema.parse({}),
    crawl: {
      contact,
      sources: [
        { name: source, kind: source, seeds: seed, ...(maxPages !== undefined && { maxPages }), ...(isNamed && { columns }) },
      ],
      allowAddresses: allowAddress ?? [],
      concurrency: 32,
      perHost: { requestsPerSecond: 2, concurrency: 2 },
    },
  };
}
