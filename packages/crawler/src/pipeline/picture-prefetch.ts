import type { FetchedPicture } from '../picture/fetch-picture.ts';

/** A picture that a page needs, and how the page asks for it. */
export interface WantedPicture {
  url: URL;
  referer: string;
}

export interface PicturePrefetchOptions {
  get: (wanted: WantedPicture, order: number) => Promise<FetchedPicture>;
  /** Whether a finished page has brought the picture. */
  isKnown: (url: URL) => boolean;
  /** Pictures asked for and not yet taken. */
  maxCount: number;
  /** Of pictures that have come and are not yet taken; beyond it nothing more is asked for ahead of its turn. */
  maxBytes: number;
}

interface Started {
  picture: Promise<FetchedPicture>;
  bytes: number;
  isHeld: boolean;
}

/**
 * Asks for pictures ahead of their turn, as many as memory allows. One that several pages show is asked for once, unless they
 * would send another Referer: its answer may depend on that, and has to be the one that the first page in the crawl's order gets.
 */
export class PicturePrefetch {
  readonly #options: PicturePrefetchOptions;
  readonly #started = new Map<string, Started>();
  /** By page, in the order of the crawl; the pictures of a page last first. */
  readonly #waiting: { order: number; pictures: WantedPicture[] }[] = [];
  #heldBytes = 0;
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
    const started = this.#start(wanted, order);
    const picture = await started.picture;
    this.drop(wanted);
    this.#taken += 1;
    return picture;
  }

  /** Drops what was asked for in vain: another page has brought the picture. */
  drop(wanted: WantedPicture): void {
    const key = keyOf(wanted);
    const started = this.#started.get(key);
    if (started === undefined) return;
    this.#started.delete(key);
    started.isHeld = false;
    this.#heldBytes -= started.bytes;
    this.#pump();
  }

  #pump(): void {
    const { isKnown, maxCount, maxBytes } = this.#options;
    while (this.#started.size < maxCount && this.#heldBytes < maxBytes) {
      const page = this.#waiting[0];
      if (page === undefined) return;
      const wanted = page.pictures.pop();
      if (wanted === undefined) this.#waiting.shift();
      else if (!isKnown(wanted.url)) this.#start(wanted, page.order);
    }
  }

  #start(wanted: WantedPicture, order: number): Started {
    const key = keyOf(wanted);
    const known = this.#started.get(key);
    if (known !== undefined) return known;
    const started: Started = { picture: this.#options.get(wanted, order), bytes: 0, isHeld: true };
    started.picture.then(
      ({ bytes }) => {
        if (!started.isHeld) return;
        started.bytes = bytes?.length ?? 0;
        this.#heldBytes += started.bytes;
      },
      // Whoever takes it sees the error; a crawl that is given up leaves some that nobody takes.
      () => {},
    );
    this.#started.set(key, started);
    return started;
  }
}

const keyOf = ({ url, referer }: WantedPicture): string => `${url.href}\n${referer}`;
