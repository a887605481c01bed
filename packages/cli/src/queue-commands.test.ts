import { describe, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';

async function refused(...args: string[]): Promise<string> {
  let err = '';
  const streams = { stdout: { write: () => {} }, stderr: { write: (text: string) => void (err += text) } };
  expect(await runCommandLine(args, streams)).toBe(2);
  expect(err.trim().split('\n')).toHaveLength(1);
  return err;
}

describe('the commands of the queue', () => {
  const crawl = ['crawl', '--out', 'raw', '--source', 'web', '--seed', 'http://127.0.0.1/', '--contact', 'a@example.org'];

  it.each([
    [['worker', '--queue', 'localhost'], '"localhost" names no queue; write it as redis://'],
    [[...crawl, '--queue', 'redis://127.0.0.1:1', '--priority', '0'], 'Give a whole number from 1 to'],
    [
      ['retry', 'raw', '--where', 'outcome = dns', '--queue', 'redis://127.0.0.1:1', '--contact', 'a@b.cn'],
      'There is no dataset at raw',
    ],
    [['worker', '--queue', 'redis://127.0.0.1:1'], 'No Redis answers at 127.0.0.1:1'],
    [['queue', 'failed', '--queue', 'redis://127.0.0.1:1'], 'No Redis answers at 127.0.0.1:1'],
    [['queue', 'retry', '--queue', 'http://a'], '"http://a" names no queue'],
    [[...crawl, '--queue', 'redis://127.0.0.1:1'], 'No Redis answers at 127.0.0.1:1'],
    [['clean', 'raw', '--out', 'clean', '--queue', 'redis://127.0.0.1:1'], 'No Redis answers at 127.0.0.1:1'],
    [['clean', 'raw', '--out', 'clean', '--queue', 'redis://127.0.0.1:1', '--run', 'old'], 'leave out --run, or clean without a'],
    [
      ['clean', 'raw', '--out', 'clean', '--queue', 'redis://127.0.0.1:1', '--onnx', 'model'],
      'leave out --onnx, or clean without',
    ],
  ])('%j is refused in one sentence', async (args, said) => {
    expect(await refused(...args)).toContain(said);
  });
});
