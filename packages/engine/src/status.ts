import { type EngineRecord, engineFolder, findInstalledEngine } from './engine-folder.ts';
import { type StockPackage, findStockPackage } from './stock-package.ts';

/** What {@link engineStatus} finds. */
export interface EngineStatus {
  folder: string;
  /** Undefined where nothing is installed, or what is installed is damaged. */
  record: EngineRecord | undefined;
  /** The package with its own TensorFlow that {@link loadEngine} falls back on; undefined where there is a record. */
  stock: StockPackage | undefined;
  /** One sentence: what is in use and why, or what to run. */
  sentence: string;
}

/** Says which engine would be loaded, without loading it. */
export async function engineStatus(): Promise<EngineStatus> {
  const folder = engineFolder();
  const installed = await findInstalledEngine(folder);
  if (installed.record) {
    const { record } = installed;
    const origin = record.tensorflowFrom === 'machine' ? 'which this machine had' : 'which was downloaded';
    const build = record.cuda ? 'for CUDA' : 'for the CPU';
    const sentence = `TensorFlow ${record.tensorflowVersion} ${build}, ${origin}, in ${record.tensorflowFolder}.`;
    return { folder, record, stock: undefined, sentence };
  }
  const stock = await findStockPackage();
  const sentence = stock
    ? `The TensorFlow of ${stock.packageFolder}, which runs every step eagerly; \`wenlan engine install\` builds a faster engine.`
    : `${installed.problem}; run \`wenlan engine install\`.`;
  return { folder, record: undefined, stock, sentence };
}
