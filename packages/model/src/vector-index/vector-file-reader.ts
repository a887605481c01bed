import { type FileHandle, open } from 'node:fs/promises';
import {
  type AsyncRecordBatchFileReader,
  type FixedSizeList,
  type Float32,
  type RecordBatch,
  RecordBatchReader,
} from 'apache-arrow';
import { UserError } from '@wenlan/shards';

/** Where a row lies in a file of vectors. */
export interface RowAddress {
  batch: number;
  row: number;
}

/** A row of a file of vectors. */
export interface VectorRow {
  id: string;
  text: string;
  imageUrl: string | null;
  vector: Float32Array; // [dim]
}

/** A file of vectors of which only those record batches are read that are asked for. */
export class VectorFileReader {
  readonly dim: number;
  private readonly handle: FileHandle;
  private readonly reader: AsyncRecordBatchFileReader;

  private constructor(handle: FileHandle, reader: AsyncRecordBatchFileReader, dim: number) {
    this.handle = handle;
    this.reader = reader;
    this.dim = dim;
  }

  /** @throws UserError VECTOR_FILE naming the file */
  static async open(file: string): Promise<VectorFileReader> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(file, 'r');
      const reader = (await RecordBatchReader.from(handle)) as AsyncRecordBatchFileReader;
      await reader.open();
      const { type } = reader.schema.fields.find(({ name }) => name === 'vector')!;
      return new VectorFileReader(handle, reader, (type as FixedSizeList<Float32>).listSize);
    } catch (cause) {
      await handle?.close();
      const mend = 'delete it and encode again.';
      throw new UserError('VECTOR_FILE', `${file} is no file of vectors that \`wenlan encode\` wrote; ${mend}`, { cause });
    }
  }

  get batches(): number {
    return this.reader.numRecordBatches;
  }

  /** @returns [rows of the batch, dim] */
  async vectors(batch: number): Promise<Float32Array> {
    return vectorsOf(await this.batchAt(batch), this.dim);
  }

  /** In the order of their addresses. */
  async rows(addresses: readonly RowAddress[]): Promise<VectorRow[]> {
    const { dim } = this;
    const batches = new Map<number, RecordBatch>();
    for (const { batch } of addresses) if (!batches.has(batch)) batches.set(batch, await this.batchAt(batch));
    return addresses.map(({ batch, row }) => {
      const records = batches.get(batch)!;
      const at = <Value>(column: string): Value => records.getChild(column)!.get(row) as Value;
      const vector = vectorsOf(records, dim).subarray(row * dim, (row + 1) * dim);
      return { id: at('id'), text: at('text'), imageUrl: at('imageUrl'), vector };
    });
  }

  async close(): Promise<void> {
    await this.reader.cancel();
    await this.handle.close().catch(() => {}); // the reader may have closed it
  }

  private async batchAt(batch: number): Promise<RecordBatch> {
    return (await this.reader.readRecordBatch(batch))!;
  }
}

function vectorsOf(records: RecordBatch, dim: number): Float32Array {
  const column = records.schema.fields.findIndex(({ name }) => name === 'vector');
  const values = records.data.children[column]!.children[0]!.values as Float32Array;
  return values.subarray(0, records.numRows * dim);
}
