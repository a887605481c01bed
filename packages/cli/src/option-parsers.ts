import { InvalidArgumentError, Option } from 'commander';

/** Of BullMQ. */
const MAX_PRIORITY = 2_097_152;

/** `--connect-to HOST=ADDRESS:PORT`, any number of times. */
export function connectToOption(): Option {
  const read = (value: string, before: Record<string, string>): Record<string, string> => {
    const [host, address] = value.split('=');
    if (!host || !address) throw new InvalidArgumentError('Give HOST=ADDRESS:PORT.');
    return { ...before, [host]: address };
  };
  return new Option('--connect-to <host=address:port>', 'where a host is reached, any number of times')
    .argParser(read)
    .default({}, 'by DNS');
}

/** @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

/** @throws InvalidArgumentError */
export function positiveNumber(text: string): number {
  if (!/^\d*[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Give a whole number of at least 1.');
  return Number(text);
}

/** `--priority`, for what goes into a queue. */
export function priorityOption(): Option {
  const read = (text: string): number => {
    const priority = wholeNumber(text);
    if (priority < 1 || priority > MAX_PRIORITY) throw new InvalidArgumentError(`Give a whole number from 1 to ${MAX_PRIORITY}.`);
    return priority;
  };
  return new Option('--priority <number>', 'with a queue: what has a lower one goes first; 10 by default').argParser(read);
}
