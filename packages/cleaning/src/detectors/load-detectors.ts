import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '@wenlan/shards';
import type { Recipe } from '../recipe/recipe.ts';
import { DETECTOR_KINDS } from './detector.ts';
import type { Detector, DetectorKind, Detectors } from './detector.ts';

/**
 * The detectors that a recipe names beside its rules (`module: ./my-faces.mjs`, from the working directory, or a package).
 * @param given detectors that take the place of modules
 * @throws UserError DETECTOR_MODULE
 */
export async function loadDetectors(recipe: Recipe, given: Detectors = {}): Promise<Detectors> {
  const detectors: Detectors = { ...given };
  for (const [kind, module] of detectorModules(recipe)) detectors[kind] ??= await loadDetector(kind, module);
  return detectors;
}

/** The modules that a recipe names, by kind. */
export function detectorModules(recipe: Recipe): Map<DetectorKind, string> {
  const modules = new Map<DetectorKind, string>();
  for (const { rule, options } of recipe.rules) {
    const kind = DETECTOR_KINDS.find((name) => name === rule);
    const module = options['module'];
    if (kind !== undefined && typeof module === 'string') modules.set(kind, module);
  }
  return modules;
}

async function loadDetector(kind: DetectorKind, module: string): Promise<Detector> {
  const specifier = /^[./]/.test(module) ? pathToFileURL(resolve(module)).href : module;
  const fail = (what: string, cause?: unknown): UserError =>
    new UserError('DETECTOR_MODULE', `The detector of the rule ${kind}, ${module}, can't be used: ${what}.`, { cause });
  let loaded: { default?: unknown };
  try {
    loaded = (await import(specifier)) as { default?: unknown };
  } catch (error) {
    throw fail(`${(error as Error).message.split('\n')[0]}; correct ${kind}.module in the recipe`, error);
  }
  const made: unknown = typeof loaded.default === 'function' ? await (loaded.default as () => unknown)() : loaded.default;
  const { name, detect } = (made ?? {}) as Partial<Detector>;
  if (typeof name !== 'string' || typeof detect !== 'function')
    throw fail('its default export is no detector with a name and a function detect, nor a function that makes one');
  return made as Detector;
}
