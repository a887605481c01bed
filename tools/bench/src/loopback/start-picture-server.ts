import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface PictureServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Starts `picture-server.ts` as a process of its own. @param delayMillis that every picture takes */
export async function startPictureServer(folder: string, delayMillis = 0): Promise<PictureServer> {
  const file = fileURLToPath(new URL('picture-server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, folder, String(delayMillis)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    port: Number(line.toString()),
    close: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
