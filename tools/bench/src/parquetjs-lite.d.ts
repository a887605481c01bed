/** The part of parquetjs-lite that a benchmark uses; it brings no types. */
declare module 'parquetjs-lite' {
  interface Field {
    readonly type: 'UTF8' | 'BYTE_ARRAY';
    readonly compression?: 'SNAPPY' | 'UNCOMPRESSED';
  }
  interface ParquetWriter {
    setRowGroupSize(rows: number): void;
    appendRow(row: Readonly<Record<string, unknown>>): Promise<void>;
    close(): Promise<void>;
  }
  const parquet: {
    ParquetSchema: new (fields: Readonly<Record<string, Field>>) => object;
    ParquetWriter: { openFile(schema: object, path: string): Promise<ParquetWriter> };
  };
  export default parquet;
}
