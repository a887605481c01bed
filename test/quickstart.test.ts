import { join } from 'node:path';
import { parseRecipe } from '@wenlan/cleaning';
import { parseTrainConfig, resolveModel } from '@wenlan/model';
import { startSampleWeb } from '@wenlan/sample-web';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../packages/cli/src/config/load.ts';

const CONFIGS = join(import.meta.dirname, '../packages/cli/configs');

describe('the configs that come with the command', () => {
  it('begin where the sample web says that its sites begin', async () => {
    const { crawl } = await loadConfig(join(CONFIGS, 'quickstart.yaml'));
    const web = await startSampleWeb({ seed: 1 });
    await web.close();
    expect(crawl!.sources.map(({ name, kind, seeds }) => ({ name, kind, seeds }))).toEqual(web.sites);
  });

  it.each(['quickstart.yaml', 'quickstart-site.yaml', 'wenlan.yaml'])('are what the stages take: %s', async (file) => {
    const { clean, train } = await loadConfig(join(CONFIGS, file));
    if (typeof clean.recipe !== 'string') expect(parseRecipe(clean.recipe).rules.length).toBeGreaterThan(0);
    expect(resolveModel(parseTrainConfig(train).model).dim).toBeGreaterThan(0);
  });
});
