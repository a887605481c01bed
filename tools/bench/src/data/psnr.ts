import { readPairs } from '@wenlan/shards';
import sharp from 'sharp';

/**
 * The mean peak signal-to-noise ratio, in dB, of the pictures of a dataset against those of the same URLs in another, which may
 * hold fewer.
 */
export async function meanPsnr(dataset: string, reference: string): Promise<number> {
  const expected = new Map<string, Uint8Array>();
  for await (const rows of readPairs(reference)) {
    for (const { imageUrl, image } of rows) if (imageUrl !== null && image !== null) expected.set(imageUrl, image.slice());
  }
  let sum = 0;
  let count = 0;
  for await (const rows of readPairs(dataset)) {
    for (const { imageUrl, image } of rows) {
      const other = expected.get(imageUrl ?? '');
      if (other === undefined || image === null) continue;
      sum += await psnr(image, other);
      count += 1;
    }
  }
  if (count === 0) throw new Error(`No picture of ${dataset} is in ${reference}.`);
  return Number((sum / count).toFixed(2));
}

async function psnr(left: Uint8Array, right: Uint8Array): Promise<number> {
  const [ours, theirs] = await Promise.all(
    [left, right].map((bytes) => sharp(bytes).raw().toBuffer({ resolveWithObject: true })),
  );
  if (ours!.info.width !== theirs!.info.width || ours!.info.height !== theirs!.info.height) {
    throw new Error(`Pictures of ${ours!.info.width} and ${theirs!.info.width} pixels' width can't be compared.`);
  }
  let squares = 0;
  for (const [index, value] of ours!.data.entries()) squares += (value - theirs!.data[index]!) ** 2;
  return 10 * Math.log10(255 ** 2 / (squares / ours!.data.length));
}
