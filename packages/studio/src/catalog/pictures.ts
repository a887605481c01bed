import type { PairCard, PairCatalog } from './pair-catalog.ts';

/** A card with the place of its picture, which for a dropped pair is in the dataset that it was dropped from. */
export type PicturedCard = PairCard & { picture: { dataset: string; position: number } | null };

/** Finds the picture of each card, in its own dataset or, where that is served too, in the one that it was made from. */
export async function withPictures(
  catalog: PairCatalog,
  cards: readonly PairCard[],
  catalogs: ReadonlyMap<string, PairCatalog>,
): Promise<PicturedCard[]> {
  const found = new Map<string, PicturedCard['picture']>();
  const missing = cards.filter(({ pictureBytes }) => pictureBytes === null).map(({ id }) => id);
  for (const parent of catalogs.values())
    if (catalog.parents.includes(parent.location))
      for (const [id, position] of await parent.pictured(missing)) found.set(id, { dataset: parent.name, position });
  return cards.map((card) => ({
    ...card,
    picture: card.pictureBytes === null ? (found.get(card.id) ?? null) : { dataset: catalog.name, position: card.position },
  }));
}
