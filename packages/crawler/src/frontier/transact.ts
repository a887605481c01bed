import type { RootDatabase } from 'lmdb';
import { DiskFullError } from '@wenlan/shards';

/**
 * A transaction, on the disk when it returns.
 * @throws DiskFullError
 */
export function transact(root: RootDatabase, folder: string, action: () => void): void {
  try {
    root.transactionSync(action);
  } catch (error) {
    if (/no space left|quota exceeded|MDB_MAP_FULL/i.test((error as Error).message))
      throw new DiskFullError(folder, { cause: error });
    throw error;
  }
}
