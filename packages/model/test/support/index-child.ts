// Opens an index in a process of its own and prints what came of it: node … index-child.ts FILE
import { openVectorIndex } from '@wenlan/model';

const said = await openVectorIndex(process.argv[2]!).then(
  ({ rows }) => ({ rows }),
  ({ code, message, exitStatus }: Error & { code: string; exitStatus: number }) => ({ code, message, exitStatus }),
);
process.stdout.write(JSON.stringify(said));
