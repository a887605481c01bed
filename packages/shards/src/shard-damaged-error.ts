import { UserError } from './user-error.ts';

/** A shard whose bytes aren't what was written: cut short, overwritten, or never an Arrow file. */
export class ShardDamagedError extends UserError {
  readonly file: string;
  /** Byte offset in the file at which the trouble was met. */
  readonly offset: number;
  /** What is wrong, without the file and the mend. */
  readonly what: string;

  constructor(file: string, offset: number, what: string, options?: ErrorOptions) {
    super(
      'SHARD_DAMAGED',
      `Shard ${file} is damaged at byte ${offset}: ${what}; restore the file, or delete the dataset and run the stage that wrote it again.`,
      options,
    );
    this.name = 'ShardDamagedError';
    this.file = file;
    this.offset = offset;
    this.what = what;
  }
}
