import { normalizeRows } from '../normalize-rows.ts';
import { UserError } from '../user-error.ts';
import type { Vectors } from '../vectors.ts';

/** Vectors of prompts with the class of each. */
export interface ClassPrompts {
  /** All templates of the first class, then all of the second, and so on. */
  readonly prompts: readonly string[];
  /** For each prompt the row of its class. */
  readonly classOfPrompt: readonly number[];
}

/**
 * Every template filled with every class name, such as `一张{}的照片。` with `猫`.
 *
 * @throws UserError `CLASSES_MISSING` if there are no classes or no templates, `CLASS_EMPTY`, `CLASS_DUPLICATE`, `TEMPLATE_PLACE` for a
 *   template without `{}`
 */
export function fillTemplates(classNames: readonly string[], templates: readonly string[]): ClassPrompts {
  if (classNames.length === 0 || templates.length === 0) {
    throw new UserError(
      'CLASSES_MISSING',
      `there are ${classNames.length} classes and ${templates.length} templates; give at least one of each.`,
    );
  }
  const bare = templates.find((template) => !template.includes('{}'));
  if (bare !== undefined) {
    throw new UserError('TEMPLATE_PLACE', `template ${JSON.stringify(bare)} has no {}; put it where the class name belongs.`);
  }
  checkClassNames(classNames);
  return {
    prompts: classNames.flatMap((name) => templates.map((template) => template.replaceAll('{}', () => name))),
    classOfPrompt: classNames.flatMap((_, row) => templates.map(() => row)),
  };
}

/** @throws UserError `CLASS_EMPTY`, `CLASS_DUPLICATE` */
export function checkClassNames(classNames: readonly string[]): void {
  for (const [row, name] of classNames.entries()) {
    if (name.trim() === '') throw new UserError('CLASS_EMPTY', `class ${row} has an empty name; name it.`);
    const first = classNames.indexOf(name);
    if (first !== row) {
      throw new UserError(
        'CLASS_DUPLICATE',
        `classes ${first} and ${row} are both called "${name}"; tell them apart by name, or merge them.`,
      );
    }
  }
}

/**
 * One vector a class: the mean of its prompts' vectors, each L2-normed before, L2-normed again (Radford et al., ICML 2021, section 3.1.4).
 *
 * @param prompts of shape [prompts, dim]
 * @param classOfPrompt for each prompt the row of its class, from 0
 * @returns of shape [classes, dim]
 * @throws UserError `PROMPTS_SHAPE` if the lengths differ or a row is no class, `PROMPTS_MISSING` if a class has no prompt,
 *   `VECTORS_ZERO` if the prompts of a class cancel out; `VECTORS_SHAPE`, `VECTORS_NOT_FINITE`
 */
export function ensemblePrompts(prompts: Vectors, classOfPrompt: readonly number[], classes: number): Vectors {
  if (classOfPrompt.length !== prompts.rows) {
    throw new UserError(
      'PROMPTS_SHAPE',
      `there are ${prompts.rows} prompt vectors, but ${classOfPrompt.length} classes of prompts; give one for each.`,
    );
  }
  const { values, dim } = normalizeRows('prompts', prompts);
  const sums = new Float32Array(classes * dim); // [classes, dim]
  const counts = new Uint32Array(classes);
  for (const [prompt, row] of classOfPrompt.entries()) {
    if (!Number.isInteger(row) || row < 0 || row >= classes) {
      throw new UserError(
        'PROMPTS_SHAPE',
        `prompt ${prompt} is of class ${row}; classes are whole numbers from 0 to ${classes - 1}.`,
      );
    }
    counts[row]! += 1;
    for (let d = 0; d < dim; d++) sums[row * dim + d]! += values[prompt * dim + d]!;
  }
  const empty = counts.indexOf(0);
  if (empty >= 0)
    throw new UserError('PROMPTS_MISSING', `class ${empty} has no prompt; fill at least one template with its name.`);
  return normalizeRows('class vectors', { values: sums, rows: classes, dim });
}
