import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { validate, ValidationSeverity } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseProblem } from './support/parse-problem.ts';

const root = join(import.meta.dirname, '..');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const compose = parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true }) as {
  services: Record<string, { image: string; command?: string[]; volumes?: string[]; depends_on?: Record<string, object> }>;
  volumes: Record<string, unknown>;
};

describe('the Dockerfile', () => {
  it('has nothing that its linter knows as a mistake', () => {
    const problems = validate(dockerfile, {
      deprecatedMaintainer: ValidationSeverity.ERROR,
      instructionCasing: ValidationSeverity.ERROR,
    });
    expect(problems.map(({ message, range }) => [range.start.line + 1, message])).toEqual([]);
    expect(validate('FROM node\nRUNN ls\n').map(({ message }) => message)).toEqual(['Unknown instruction: RUNN']);
  });

  it('builds from registries alone, names its base with a version, and ends without root', () => {
    expect(dockerfile.match(/^(?:COPY|ADD) (?!--from=)/gmu)).toBeNull();
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gmu)].map(([, base]) => base!);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^node:\d+\.\d+\.\d+-/u);
    expect([...dockerfile.matchAll(/^USER (\S+)/gmu)].at(-1)?.[1]).toBe('node');
  });
});

describe('compose.yaml', () => {
  it('has nothing that its linter knows as a mistake', () => {
    // Keys stand in the order in which one reads them; services build one image, known by its tag.
    const rules = { 'no-build-and-image': 0, 'service-keys-order': 0 } as const;
    const [result] = new DCLinter({ rules, quiet: false, debug: false, exclude: [] }).lintFiles(
      [join(root, 'compose.yaml')],
      false,
    );
    const messages = result!.messages as { line: number; message: string }[]; // its types name a file that isn't there
    expect(messages.map(({ line, message }) => `line ${line}: ${message}`)).toEqual([]);
  });

  it('starts services and volumes that are there, each image with its version', () => {
    for (const { image, volumes = [], depends_on: needed = {} } of Object.values(compose.services)) {
      expect(image).toMatch(/^wenlan:local$|:.*\d/u);
      expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(Object.keys(needed)));
      expect(Object.keys(compose.volumes)).toEqual(
        expect.arrayContaining(volumes.map((volume) => volume.split(':')[0]!).filter((volume) => !volume.startsWith('.'))),
      );
    }
  });

  it('gives commands that the command line takes', async () => {
    const ours = Object.values(compose.services).filter(({ image }) => image === 'wenlan:local');
    expect(ours.length).toBeGreaterThan(1);
    for (const { command } of ours) expect(await parseProblem(command!)).toBe('');
  });
});

const docker = spawnSync('docker', ['info'], { stdio: 'ignore' });
if (docker.status !== 0)
  process.stderr.write('container.test.ts: no docker daemon runs here, so that compose.yaml is only linted\n');

it.skipIf(docker.status !== 0)('docker itself takes compose.yaml', () => {
  const env = { ...process.env, WENLAN_S3_PASSWORD: 'a password', WENLAN_STUDIO_TOKEN: 'a token' };
  const { status, stderr } = spawnSync('docker', ['compose', 'config', '--quiet'], { cwd: root, env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
