import { loadEngine } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { MICRO } from '../../test/support/micro.ts';
import { steps } from '../../test/support/steps.ts';
import { frozenLayerCount } from '../frozen-layers.ts';
import { resolveModel } from '../presets/resolve-model.ts';

/** MICRO with the first layers of both towers frozen. */
const FROZEN = {
  ...MICRO,
  image: { ...MICRO.image, frozen: ['backbone.conv_stem', 'backbone.bn1', 'backbone.blocks.0'] },
  text: {
    ...MICRO.text,
    bert: { ...MICRO.text.bert, layers: 2 },
    frozen: ['backbone.bert.embeddings', 'backbone.bert.encoder.layer.0'],
  },
};

beforeAll(async () => {
  await loadEngine();
});

describe('frozen layers', () => {
  it.each([
    ['inference', 2, 2],
    ['training', 0, 0],
  ] as const)(
    'in %s mode, those that come first are run once: %i of the image tower, %i of the text tower',
    (mode, image, text) => {
      const model = resolveModel({ ...FROZEN, frozenLayers: mode });
      expect(frozenLayerCount(model, 'image')).toBe(image);
      expect(frozenLayerCount(model, 'text')).toBe(text);
      expect(frozenLayerCount({ ...model, image: { ...model.image, frozen: ['backbone'] } }, 'image')).toBe(image * 2);
    },
  );

  it('share their variables with the key towers, and a checkpoint names them all', async () => {
    const run = steps({ model: { ...FROZEN, frozenLayers: 'inference' } });
    const [image, imageKey] = run.objective.towers.map(({ store }) => store);
    const before = new Map((await run.state.tensors()).map(({ name, data }) => [name, data.slice()]));
    await run.take(2);
    for (const { name, data } of await run.state.tensors()) {
      const place = /^(imgencoder|textencoder)(_mom)?\.(.*)$/.exec(name);
      if (place === null) continue;
      const [, tower, , own] = place as unknown as [string, string, string, string];
      expect(before.has(`${tower}_mom.${own}`)).toBe(true);
      if (/conv_stem|blocks\.0\.|backbone\.bn1|embeddings|layer\.0/.test(own)) expect(data, name).toEqual(before.get(name));
    }
    expect(imageKey!.get('backbone.conv_stem.weight')).toBe(image!.get('backbone.conv_stem.weight'));
    expect(imageKey!.get('backbone.bn1.running_mean')).toBe(image!.get('backbone.bn1.running_mean'));
    expect(imageKey!.get('backbone.conv_head.weight')).not.toBe(image!.get('backbone.conv_head.weight'));
    run.dispose();
  });

  it('in training mode keep statistics of their own in the key towers', async () => {
    const run = steps({ model: { ...FROZEN, frozenLayers: 'training' } });
    const [image, imageKey] = run.objective.towers.map(({ store }) => store);
    expect(imageKey!.get('backbone.bn1.running_mean')).not.toBe(image!.get('backbone.bn1.running_mean'));
    const [started] = [[...image!.get('backbone.bn1.running_mean').dataSync()]];
    await run.take(1);
    expect([...image!.get('backbone.bn1.running_mean').dataSync()]).not.toEqual(started);
    run.dispose();
  });
});

describe('gradient checkpointing', () => {
  it('gives the same losses', async () => {
    const [plain, checkpointed] = [steps({}), steps({ gradientCheckpointing: true })];
    const [wanted, found] = [await plain.take(4), await checkpointed.take(4)];
    expect(found.map(({ loss }) => loss)).toEqual(wanted.map(({ loss }) => expect.closeTo(loss, 4) as number));
    plain.dispose();
    checkpointed.dispose();
  });

  it('names a layer that no tower has', () => {
    expect(() => steps({ gradientCheckpointing: ['backbone.blocks.1', 'backbone.block.2'] })).toThrow(
      /train\.gradientCheckpointing names backbone\.block\.2, but no tower has a layer of that name; name one such as "backbone\.blocks\.4"/,
    );
  });
});
