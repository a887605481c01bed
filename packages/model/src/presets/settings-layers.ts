import { basename, dirname } from 'node:path';
import { UserError } from '@wenlan/shards';
import { isObject, mergeKeys, type Settings } from './merge-settings.ts';
import { presetFile, readSettings } from './preset-file.ts';
import { withReleasedWays } from './released-ways.ts';

/** Settings from one place. */
export interface SettingsLayer {
  /** The file they stand in; undefined for those that were handed over. */
  file: string | undefined;
  /** Without `extends`, and with every switch that `released` stands for. */
  settings: Settings;
}

/**
 * Settings and what they extend: the outermost base first, each later layer over those before.
 * @param folder what a relative path in `extends` is from
 * @throws UserError for a preset or file that isn't there, and for a circle
 */
export function settingsLayers(given: Settings, folder: string = process.cwd()): SettingsLayer[] {
  const layers: SettingsLayer[] = [];
  const seen: string[] = [];
  let [file, settings, from]: [string | undefined, Settings, string] = [undefined, given, folder];
  for (;;) {
    const { extends: base, ...own } = settings;
    layers.unshift({ file, settings: withReleasedWays(own) });
    if (base === undefined) return layers;
    if (typeof base !== 'string') {
      const where = file === undefined ? 'train.extends' : `${file}: extends`;
      throw new UserError('SETTINGS_INVALID', `${where} is ${JSON.stringify(base)}; name a preset or a YAML file.`);
    }
    file = presetFile(base, from);
    if (seen.includes(file)) {
      const circle = [...seen.slice(seen.indexOf(file)), file].map((name) => basename(name)).join(' extends ');
      throw new UserError('SETTINGS_CIRCLE', `${file} extends itself (${circle}); remove one of these "extends".`);
    }
    seen.push(file);
    settings = readSettings(file);
    from = dirname(file);
  }
}

/** One set of settings from all layers: `model` key by key at any depth, every other setting as a whole. */
export function mergeLayers(layers: readonly SettingsLayer[]): Settings {
  let merged: Settings = {};
  for (const { settings } of layers) {
    const model = 'model' in settings ? mergeModels(merged['model'], settings['model']) : merged['model'];
    merged = { ...merged, ...settings, ...(model === undefined ? {} : { model }) };
  }
  return merged;
}

/** A model that is named, or extends one by name, replaces what lies below it. */
function mergeModels(base: unknown, own: unknown): unknown {
  if (base === undefined || !isObject(own) || 'extends' in own) return own;
  return mergeKeys(isObject(base) ? base : { extends: base }, own);
}
