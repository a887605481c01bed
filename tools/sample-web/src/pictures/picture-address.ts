import type { Vendor } from '../material/vendors.ts';

export const PICTURE_HOST = 'img.wenlan.test';

/** A picture as its maker published it. */
export interface Drawing {
  vendor: Vendor;
  file: string;
}

/** What may be wrong, or special, with a picture's address. */
export const PICTURE_FORMS = [
  /** The same bytes under another address. */
  'mirror',
  /** The same pixels saved once more. */
  'resaved',
  /** Another size and a margin. */
  'scaled',
  'cut',
  'oops',
  'empty',
  'gone',
  'busy',
  'private',
  'noai',
  'reserved',
  'moved',
  'slow',
] as const;
export type PictureForm = (typeof PICTURE_FORMS)[number];

const FOLDERS: Readonly<Record<Vendor, string>> = {
  apple: 'apple/64',
  google: 'google/64',
  twemoji: 'twemoji/svg',
  openmoji: 'openmoji/618',
  flags: 'flags/4x3',
};

/** The path of a picture on its host, without the leading slash. */
export function picturePath({ vendor, file }: Drawing, form?: PictureForm): string {
  return `${form === undefined ? '' : `${form}/`}${FOLDERS[vendor]}/${file}`;
}

export function pictureUrl(drawing: Drawing, form?: PictureForm): string {
  return `http://${PICTURE_HOST}/${picturePath(drawing, form)}`;
}

/** The other way round; null if the path is none of a picture. */
export function parsePicturePath(path: string): { drawing: Drawing; form: PictureForm | undefined } | null {
  const [, form, folder, file] = /^\/(?:([a-z]+)\/)?([a-z]+\/\w+)\/([\w-]+\.(?:png|svg))$/.exec(path) ?? [];
  const vendor = Object.entries(FOLDERS).find(([, name]) => name === folder)?.[0] as Vendor | undefined;
  if (vendor === undefined || file === undefined) return null;
  if (form !== undefined && !(PICTURE_FORMS as readonly string[]).includes(form)) return null;
  return { drawing: { vendor, file }, form: form as PictureForm | undefined };
}
