import { readFile } from 'node:fs/promises';
import {
  Field,
  FixedSizeList,
  Float32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { UserError } from '@wenlan/shards';

/** Rows of a matrix with what each stands for. */
export interface VectorRows {
  /** Of a pair; of a line its number, from 1. */
  readonly ids: readonly string[];
  /** The pair's caption, or the sentence that was encoded. */
  readonly texts: readonly string[];
  readonly imageUrls: readonly (string | null)[];
  /** L2-normed rows [rows, dim]. */
  readonly values: Float32Array;
  readonly dim: number;
}

/** The columns of a file of vectors: `id`, `text`, `imageUrl`, `vector` (a fixed-size list of float32). */
const schemaOf = (dim: number): Schema =>
  new Schema([
    new Field('id', new Utf8(), false),
    new Field('text', new Utf8(), false),
    new Field('imageUrl', new Utf8(), true),
    new Field('vector', new FixedSizeList(dim, new Field('item', new Float32(), false)), false),
  ]);

/** Rows as an Arrow IPC file of one record batch. */
export function vectorFileBytes({ ids, texts, imageUrls, values, dim }: VectorRows): Uint8Array {
  const schema = schemaOf(dim);
  const utf8 = (strings: readonly (string | null)[]): ReturnType<typeof makeData> =>
    vectorFromArray([...strings], new Utf8()).data[0]!;
  const vector = makeData({
    type: schema.fields[3]!.type as FixedSizeList<Float32>,
    length: ids.length,
    nullCount: 0,
    child: makeData({ type: new Float32(), length: values.length, nullCount: 0, data: values }),
  });
  const children = [utf8(ids), utf8(texts), utf8(imageUrls), vector];
  const batch = new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: ids.length, nullCount: 0, children }),
  );
  return tableToIPC(new Table(schema, [batch]), 'file');
}

/**
 * Reads what `vectorFileBytes` made, or several of them joined.
 * @throws UserError VECTOR_FILE naming the file
 */
export async function readVectorFile(file: string): Promise<VectorRows> {
  const refuse = (cause: unknown): never => {
    throw new UserError(
      'VECTOR_FILE',
      `${file} is no file of vectors that \`wenlan encode\` wrote; delete it and encode again.`,
      { cause },
    );
  };
  const bytes = await readFile(file).catch(refuse);
  try {
    const table = tableFromIPC(bytes);
    const type = table.getChild('vector')!.type as FixedSizeList<Float32>;
    const dim = type.listSize;
    const values = new Float32Array(table.numRows * dim); // [rows, dim]
    let at = 0;
    for (const { data } of table.batches) {
      const part = data.children[3]!.children[0]!.values as Float32Array;
      values.set(part.subarray(0, data.length * dim), at);
      at += data.length * dim;
    }
    const column = <Value>(name: string): Value[] => [...table.getChild(name)!] as Value[];
    return { ids: column('id'), texts: column('text'), imageUrls: column('imageUrl'), values, dim };
  } catch (error) {
    return refuse(error);
  }
}
