import { type ClassPrompts, fillTemplates } from '@wenlan/evaluation';
import type { Picture } from '@wenlan/model';
import { readPairs } from '@wenlan/shards';
import { UsageError } from '../usage-error.ts';
import type { CompareConfig } from './compare-config.ts';
import { pictureOf } from './held-out.ts';

/** Pictures of known classes, for zero-shot classification. */
export interface ClassPictures extends ClassPrompts {
  images: Picture[];
  /** For each picture the row of its class. */
  labels: number[];
  classNames: string[];
}

/** The pictures of a split that have exactly one of the texts that name a class: those of a kind which `minImages` pictures have. */
export async function classPictures(
  data: string,
  split: string,
  { kind, minImages, templates }: NonNullable<CompareConfig['zeroShot']>,
): Promise<ClassPictures> {
  const found: { picture: Picture; names: string[] }[] = [];
  const images = new Map<string, number>();
  for await (const rows of readPairs(data, {
    splits: [split],
    columns: ['texts', 'image', 'width', 'height', 'boxes'],
    where: ({ outcome }) => outcome === 'ok',
  })) {
    for (const { image, texts, ...picture } of rows) {
      const names = [...new Set(texts.filter((text) => text.kind === kind).map(({ text }) => text))];
      if (image === null) continue;
      found.push({ picture: pictureOf(image, picture), names });
      for (const name of names) images.set(name, (images.get(name) ?? 0) + 1);
    }
  }
  const classNames = [...images.keys()].filter((name) => images.get(name)! >= minImages).sort();
  if (classNames.length < 2) {
    throw new UsageError(
      'CLASSES_MISSING',
      `${data} has ${classNames.length} texts of kind ${kind} that ${minImages} pictures of split ${split} share; choose another kind, or a lower zeroShot.minImages.`,
    );
  }
  const rowOf = new Map(classNames.map((name, row) => [name, row]));
  const labelled = found.flatMap(({ picture, names }) => {
    const rows = names.flatMap((name) => rowOf.get(name) ?? []);
    return rows.length === 1 ? [{ picture, label: rows[0]! }] : [];
  });
  return {
    ...fillTemplates(classNames, templates),
    classNames,
    images: labelled.map(({ picture }) => picture),
    labels: labelled.map(({ label }) => label),
  };
}
