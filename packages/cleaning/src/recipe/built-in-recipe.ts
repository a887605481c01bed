import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@wenlan/shards';

// As far from src/recipe as from dist/recipe.
const FOLDER = join(import.meta.dirname, '../../recipes');
const EXTENSION = '.yaml';

/** Names of the recipes that come with the package. */
export function builtInRecipeNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();
}

/**
 * The YAML of a recipe that comes with the package, comments included, as a start for one's own.
 * @throws UserError RECIPE_MISSING naming those there are
 */
export function builtInRecipeText(name: string): string {
  const names = builtInRecipeNames();
  if (!names.includes(name))
    throw new UserError('RECIPE_MISSING', `There is no built-in recipe "${name}"; use one of ${names.join(', ')}.`);
  return readFileSync(join(FOLDER, name + EXTENSION), 'utf8');
}
