import { type FileHandle, mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TensorBoardFile } from './tensorboard-file.ts';

/** One line of metrics.jsonl. */
export interface StepMetrics {
  /** Counts from 1. */
  step: number;
  epoch: number;
  /** Of BriVL and CLIP the sum of both directions. */
  loss: number;
  imageToText?: number;
  textToImage?: number;
  temperature?: number;
  /** Before clipping. */
  gradientNorm: number;
  learningRate: number;
  /** Of all ranks together. */
  samplesPerSecond: number;
  /** Share of the step's time that it waited for its batch, and for the other ranks to have theirs. */
  dataWaitShare: number;
  /** Of the first rank. */
  residentMegabytes: number;
  /** Pictures that didn't decode and were replaced in this batch, of all ranks. */
  skippedPictures: number;
  /** Mean of both directions, in per cent; only where the validation split was ranked after the step. */
  validationRecallAt10?: number;
}

const TENSORBOARD_FILE = 'tensorboard/events.out.tfevents.0.wenlan';

/** `metrics.jsonl` of a run: one JSON object a line, in the order of the steps, each step once; and the same for TensorBoard beside it. */
export class MetricsLog {
  private readonly handle: FileHandle;
  private readonly events: TensorBoardFile;

  private constructor(handle: FileHandle, events: TensorBoardFile) {
    this.handle = handle;
    this.events = events;
  }

  /**
   * Opens the log to go on at a step: what an interrupted run wrote of later steps (and half a last line) is cut off.
   * @param lastStep the last step that stays; 0 for a new log
   */
  static async open(file: string, lastStep: number): Promise<MetricsLog> {
    const text = await readFile(file, 'utf8').catch(() => '');
    const kept: StepMetrics[] = [];
    let keptBytes = 0;
    for (const line of text.split('\n').slice(0, -1)) {
      const metrics = JSON.parse(line) as StepMetrics;
      if (metrics.step > lastStep) break;
      kept.push(metrics);
      keptBytes += Buffer.byteLength(line) + 1;
    }
    if (text !== '') await truncate(file, keptBytes);
    const eventsFile = join(dirname(file), TENSORBOARD_FILE);
    await mkdir(dirname(eventsFile), { recursive: true });
    const log = new MetricsLog(await open(file, 'a'), await TensorBoardFile.create(eventsFile, Date.now));
    for (const metrics of kept) await log.writeEvent(metrics);
    return log;
  }

  async write(metrics: StepMetrics): Promise<void> {
    await this.handle.appendFile(`${JSON.stringify(metrics)}\n`);
    await this.writeEvent(metrics);
  }

  /** Forces what was written to the disk; before a checkpoint, which must not know more steps than the log. */
  async sync(): Promise<void> {
    await this.handle.sync();
  }

  async close(): Promise<void> {
    await this.handle.close();
    await this.events.close();
  }

  private async writeEvent({ step, ...scalars }: StepMetrics): Promise<void> {
    await this.events.write(step, scalars);
  }
}

/** Reads a metrics.jsonl, for curves and reports; half a last line of a killed run is left out. */
export async function readMetrics(file: string): Promise<StepMetrics[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as StepMetrics);
}
