// `npm run release`: shows which versions and changelogs a release would write, and writes nothing. With --write it writes, commits and tags
// them; with --publish it publishes what is tagged to the registry that npm is set to (or --registry URL), with provenance under a CI that can sign.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { write: { type: 'boolean' }, publish: { type: 'boolean' }, registry: { type: 'string' } },
});
const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true' };
// Without a tag there is nothing to count changes from: the versions that stand there are released.
const isFirst = spawnSync('git', ['tag', '--list', '@wenlan/*'], { cwd: root, encoding: 'utf8' }).stdout.trim() === '';
const run = (...args) => {
  const { status } = spawnSync('npx', ['nx', 'release', ...args], { cwd: root, stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
};

if (values.publish) {
  // npm signs where a CI hands it an identity, and refuses --provenance anywhere else.
  const signs = process.env.ACTIONS_ID_TOKEN_REQUEST_URL !== undefined || process.env.SIGSTORE_ID_TOKEN !== undefined;
  env.NPM_CONFIG_PROVENANCE = String(signs);
  const nameless = readdirSync(join(root, 'packages')).filter((name) => repositoryOf(name) === undefined);
  if (signs && nameless.length > 0) {
    console.error(
      `${nameless.map((name) => `packages/${name}/package.json`).join(', ')} name no "repository", with which npm compares the provenance; add {"type": "git", "url": "git+https://HOST/OWNER/NAME.git"} of the repository whose CI publishes.`,
    );
    process.exit(2);
  }
  run('publish', ...(values.registry ? [`--registry=${values.registry}`] : []), ...(values.write ? [] : ['--dry-run']));
} else {
  run('--skip-publish', ...(values.write ? [] : ['--dry-run']), ...(isFirst ? ['--first-release'] : []));
}
if (!values.write) console.log('Nothing was written; add --write to do it.');

function repositoryOf(name) {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')).repository?.url;
}
