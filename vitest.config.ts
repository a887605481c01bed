import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const packages = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'package.json')));
const projects = [
  ...packages.map((name) => ({ name, root: join(root, 'packages', name) })),
  { name: 'sample-web', root: join(root, 'tools/sample-web') },
  { name: 'bench', root: join(root, 'tools/bench') },
  { name: 'whole', root: join(root, 'test') },
];

export default defineConfig({
  // Vitest hands these on to Node itself, which under `module` takes files of the AWS SDK that only bundlers can read.
  ssr: { resolve: { conditions: ['@wenlan/source', ...defaultServerConditions.filter((name) => name !== 'module')] } },
  test: {
    // The TensorFlow binding and worker threads of our own want a process each, not a thread.
    pool: 'forks',
    // Most tests wait for servers, disks and children, so that a core left free would be one wasted.
    maxWorkers: '100%',
    watch: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: projects.map(({ name, root: projectRoot }) => ({
      extends: true as const,
      test: {
        name,
        root: projectRoot,
        include: ['**/*.test.ts'],
        exclude: ['**/node_modules/**', '**/dist/**', '**/out-tsc/**'],
      },
    })),
  },
});
