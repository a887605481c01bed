import { UsageError } from '../usage-error.ts';

/** Which of several processes this one is, and where they meet. */
export interface RankPlace {
  rank: number;
  size: number;
  /** The machine of rank 0, and the port on which the others find it. */
  host: string;
  port: number;
  /** Which of the ranks on this machine it is; undefined where nobody says. */
  localRank: number | undefined;
  /** How many ranks share this machine; 1 where nobody says. */
  localSize: number;
}

/** That of torchrun. */
const DEFAULT_PORT = 29_500;

/** Who starts ranks, and how it names them; the first whose first variable is set counts. */
const LAUNCHERS = [
  { rank: 'RANK', size: 'WORLD_SIZE', localRank: 'LOCAL_RANK', localSize: 'LOCAL_WORLD_SIZE' },
  { rank: 'SLURM_PROCID', size: 'SLURM_NTASKS', localRank: 'SLURM_LOCALID', localSize: 'SLURM_NTASKS_PER_NODE' },
] as const;

/**
 * Whether torchrun, Slurm, Kubernetes or `--world-size` started this process as one of several: RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT
 * (29500 unless set), LOCAL_RANK and LOCAL_WORLD_SIZE, or Slurm's names for the ranks.
 * @throws UsageError that names the variable that is missing or wrong
 */
export function rankPlace(environment: NodeJS.ProcessEnv): RankPlace | undefined {
  const names = LAUNCHERS.find(({ rank }) => environment[rank] !== undefined);
  if (names === undefined) return undefined;
  const size = required(environment, names.size, names.rank);
  if (size <= 1) return undefined;
  const rank = required(environment, names.rank, names.size);
  if (rank >= size) throw wrong(names.rank, environment[names.rank]!, `a rank of ${size}, from 0 to ${size - 1}`);
  const host = environment['MASTER_ADDR'];
  if (host === undefined || host === '') {
    const example =
      names.rank === 'RANK'
        ? ''
        : ', as by `export MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)` before srun';
    throw new UsageError(
      'RANK_ENVIRONMENT',
      `This is rank ${rank} of ${size} (${names.rank}), but MASTER_ADDR isn't set; set it to the machine of rank 0${example}.`,
    );
  }
  const port = numberOf(environment, 'MASTER_PORT') ?? DEFAULT_PORT;
  if (port < 1 || port > 65_535) throw wrong('MASTER_PORT', String(port), 'a port, from 1 to 65535');
  return {
    rank,
    size,
    host,
    // torchrun itself listens on its MASTER_PORT, for processes that find each other by it
    port: environment['TORCHELASTIC_USE_AGENT_STORE'] === 'True' ? port + 1 : port,
    localRank: numberOf(environment, names.localRank),
    localSize: numberOf(environment, names.localSize) ?? 1,
  };
}

function required(environment: NodeJS.ProcessEnv, name: string, other: string): number {
  const value = numberOf(environment, name);
  if (value !== undefined) return value;
  throw new UsageError('RANK_ENVIRONMENT', `${other} is set, but ${name} isn't; set both, or neither to train in one process.`);
}

function numberOf(environment: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = environment[name];
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw wrong(name, text, 'a whole number');
  return Number(text);
}

function wrong(name: string, value: string, wanted: string): UsageError {
  return new UsageError('RANK_ENVIRONMENT', `${name} is "${value}"; set it to ${wanted}.`);
}
