import { expect, it } from 'vitest';
import { describeFailure } from './failure.ts';
import { UsageError } from './usage-error.ts';

it('gives 2 to what the user can mend, 1 to the rest, 130 to an interruption', () => {
  expect(describeFailure(new UsageError('X', 'Mend it.'), false)).toEqual({ sentence: 'Mend it.', exitStatus: 2 });
  expect(describeFailure(new Error('It broke.\n  Message: why'), false)).toEqual({
    sentence: 'It broke. Message: why',
    exitStatus: 1,
  });
  expect(describeFailure(new Error('stopped'), true)).toMatchObject({ exitStatus: 130 });
  expect(describeFailure('a word', false)).toEqual({ sentence: 'a word', exitStatus: 1 });
});

it('turns an error of the file system into a sentence with its mend', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
    path: 'data/a.arrow',
  });
  expect(describeFailure(full, false)).toEqual({
    sentence: "data/a.arrow can't be written or read: the disk is full; free some space and run the same command again to go on.",
    exitStatus: 1,
  });
});
