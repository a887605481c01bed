import sharp from 'sharp';

const SIDE_PIXELS = 72;

/** A picture as a `data:` URI small enough to stand in a page by the hundred. */
export async function thumbnailOf(image: Uint8Array): Promise<string> {
  const bytes = await sharp(image)
    .autoOrient()
    .resize(SIDE_PIXELS, SIDE_PIXELS, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .webp({ quality: 80 })
    .toBuffer();
  return `data:image/webp;base64,${bytes.toString('base64')}`;
}
