import { emptyPair, type Source } from '@wenlan/shards';
import { measureRow } from './measure/measure-row.ts';
import { compileRecipe } from './recipe/compile-recipe.ts';
import type { Recipe } from './recipe/recipe.ts';

/** What the rules on pictures measure on one picture, and their verdicts. */
export interface PictureExplanation {
  /** As libvips names it, and the size after EXIF orientation in pixels; null for bytes that don't decode. */
  format: string | null;
  width: number | null;
  height: number | null;
  keep: boolean;
  /** Every image rule that judges pictures of the source, in order; the score is null where nothing could be measured. */
  rules: { rule: string; score: number | null; keep: boolean }[];
}

/** What each image rule of a recipe measures on a picture, and what it says to that; no rule throws for bad bytes. */
export async function explainPicture(
  bytes: Uint8Array,
  recipe: Recipe,
  context: { source: Source },
): Promise<PictureExplanation> {
  const compiled = compileRecipe(recipe);
  const row = emptyPair({ id: 'explained', source: context.source, outcome: 'ok', image: bytes });
  const { scores, picture } = await measureRow(row, compiled);
  const rules = compiled.forSource(context.source).local.flatMap(({ rule, options }) => {
    if (rule.unit !== 'image') return [];
    return [{ rule: rule.name, score: scores[rule.name] ?? null, keep: rule.keep(scores, options) }];
  });
  const { format, width, height } = picture ?? { format: null, width: null, height: null };
  return { format, width, height, keep: rules.every(({ keep }) => keep), rules };
}
