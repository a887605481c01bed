import type { PairText, TextKind } from '@wenlan/shards';
import { seededUniform } from './seeded.ts';

/** How often a text of each kind is taken, relative to the others; a kind left out is never taken while another is there. */
export type TextWeights = Partial<Record<TextKind, number>>;

/** The texts of a pair that {@link chooseText} may choose. */
export function choosableTexts(texts: readonly PairText[], weights: TextWeights): string[] {
  const weighty = texts.filter(({ kind }) => (weights[kind] ?? 0) > 0);
  return (weighty.length > 0 ? weighty : texts.slice(0, 1)).map(({ text }) => text);
}

/**
 * Which of a pair's texts trains this time. The weight of a kind is shared by the texts of that kind; a pair all of whose
 * kinds weigh nothing falls back on its first text.
 * @returns null for a pair without texts
 */
export function chooseText(
  texts: readonly PairText[],
  weights: TextWeights,
  seed: number,
  epoch: number,
  id: string,
): string | null {
  const perKind = new Map<TextKind, number>();
  for (const { kind } of texts) perKind.set(kind, (perKind.get(kind) ?? 0) + 1);
  const shares = texts.map(({ kind }) => (weights[kind] ?? 0) / perKind.get(kind)!);
  let rest = shares.reduce((sum, share) => sum + share, 0) * seededUniform(seed, 'text', epoch, id);
  for (const [index, share] of shares.entries()) {
    rest -= share;
    if (share > 0 && rest < 0) return texts[index]!.text;
  }
  return texts.find((_, index) => shares[index]! > 0)?.text ?? texts[0]?.text ?? null;
}
