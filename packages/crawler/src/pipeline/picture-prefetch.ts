import type { FetchedPicture } from '../picture/fetch-picture.ts';

/** A picture that a page needs, and how the page asks for it. */
export interface WantedPicture {
  url: URL;
  referer: string | null;
}

export interface PicturePrefetchOptions {
  get: (wanted: WantedPicture, order: number) => Promise<FetchedPicture>;
  /** Whether a finished page has brought the picture. */
  isKnown: (url: URL) => boolean;
  /** Pictures asked for that have not come. */
  maxUnderWay: number;
  /** Pictures asked for that are not yet taken, come or not. */
  maxCount: number;
  /** Of pictures that have come and are not yet taken; beyond it nothing more is asked for ahead of its turn. */
  maxBytes: number;
}

interface Started {
  referer: string | null;
  picture: Promise<FetchedPicture>;
  bytes: number;
  isHeld: boolean;
}

/**
 * Asks for pictures ahead of their turn, as many as memory allows. One that several pages show is asked for once, unless it was
 * asked for with another Referer than that of the first page in the crawl's order, which its answer may depend on.
 */
export class PicturePrefetch {
  readonly #options: PicturePrefetchOptions;
  readonly #started = new Map<string, Started>();
  /** By page, in the order of the crawl; the pictures of a page last first. */
  readonly #waiting: { order: number; pictures: WantedPicture[] }[] = [];
  #heldBytes = 0;
  #underWay = 0;
  #taken = 0;

  constructor(options: PicturePrefetchOptions) {
    this.#options = options;
  }

  /** Says which pictures a page will take. */
  want(pictures: readonly WantedPicture[], order: number): void {
    const index = this.#waiting.findLastIndex((other) => other.order <= order) + 1;
    this.#waiting.splice(index, 0, { order, pictures: pictures.toReversed() });
    this.#pump();
  }

  /** Pictures taken so far. */
  get taken(): number {
    return this.#taken;
  }

  /** Waits for a picture and hands it over. */
  async take(wanted: WantedPicture, order: number): Promise<FetchedPicture> {
    const started = this.#started.get(wanted.url.href);
    if (started === undefined || started.referer !== wanted.referer) {
      this.#release(wanted.url);
      this.#start(wanted, order);
    }
    this.#pump();
    const picture = await this.#started.get(wanted.url.href)!.picture;
    // Nothing more is asked for before the taker has said that it knows this one.
    this.#release(wanted.url);
    this.#taken += 1;
    return picture;
  }

  /** Drops what was asked for in vain: another page has brought the picture. */
  drop(url: URL): void {
    this.#release(url);
    this.#pump();
  }

  #release({ href }: URL): void {
    const started = this.#started.get(href);
    if (started === undefined) return;
    this.#started.delete(href);
    started.isHeld = false;
    this.#heldBytes -= started.bytes;
  }

  #pump(): void {
    const { isKnown, maxUnderWay, maxCount, maxBytes } = this.#options;
    while (this.#underWay < maxUnderWay && this.#started.size < maxCount && this.#heldBytes < maxBytes) {
      const page = this.#waiting[0];
      if (page === undefined) return;
      const wanted = page.pictures.pop();
      if (wanted === undefined) this.#waiting.shift();
      else if (!this.#started.has(wanted.url.href) && !isKnown(wanted.url)) this.#start(wanted, page.order);
    }
  }

  #start(wanted: WantedPicture, order: number): void {
    const { get } = this.#options;
    const started: Started = { referer: wanted.referer, picture: get(wanted, order), bytes: 0, isHeld: true };
    void this.#count(started);
    this.#started.set(wanted.url.href, started);
  }

  async #count(started: Started): Promise<void> {
    this.#underWay += 1;
    try {
      const { bytes } = await started.picture;
      if (started.isHeld) {
        started.bytes = bytes?.length ?? 0;
        this.#heldBytes += started.bytes;
      }
    } catch {
      // Whoever takes it sees the error; a crawl that is given up leaves some that nobody takes.
    }
    this.#underWay -= 1;
    this.#pump();
  }
}
