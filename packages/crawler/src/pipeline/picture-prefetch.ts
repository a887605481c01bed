import type { FetchedPicture } from '../picture/fetch-picture.ts';

/** A picture that a page needs, and how the page asks for it. */
export interface WantedPicture {
  url: URL;
  referer: string;
}

export type GetPicture = (wanted: WantedPicture, order: number) => Promise<FetchedPicture>;

/**
 * Pictures asked for ahead of their turn. One that several pages show is asked for once, unless they would send another
 * Referer: its answer may depend on that, and has to be the one that the first page in the crawl's order gets.
 */
export class PicturePrefetch {
  readonly #inFlight = new Map<string, Promise<FetchedPicture>>();
  readonly #get: GetPicture;
  readonly #maxHeldBytes: number;
  #heldBytes = 0;

  /** @param maxHeldBytes beyond this nothing more is asked for ahead of its turn */
  constructor(get: GetPicture, maxHeldBytes: number) {
    this.#get = get;
    this.#maxHeldBytes = maxHeldBytes;
  }

  /** Asks for a picture early, if memory allows. */
  begin(wanted: WantedPicture, order: number): void {
    if (this.#heldBytes < this.#maxHeldBytes) void this.#start(wanted, order);
  }

  /** Waits for a picture and hands it over. */
  async take(wanted: WantedPicture, order: number): Promise<FetchedPicture> {
    const picture = await this.#start(wanted, order);
    if (this.#inFlight.delete(keyOf(wanted))) this.#heldBytes -= picture.bytes?.length ?? 0;
    return picture;
  }

  /** Drops what was asked for in vain: another page has brought the picture. */
  drop(wanted: WantedPicture): void {
    const picture = this.#inFlight.get(keyOf(wanted));
    this.#inFlight.delete(keyOf(wanted));
    void picture?.then(({ bytes }) => (this.#heldBytes -= bytes?.length ?? 0));
  }

  #start(wanted: WantedPicture, order: number): Promise<FetchedPicture> {
    const key = keyOf(wanted);
    let picture = this.#inFlight.get(key);
    if (picture === undefined) {
      picture = this.#get(wanted, order).then((fetched) => {
        this.#heldBytes += fetched.bytes?.length ?? 0;
        return fetched;
      });
      // Whoever takes it sees the error; a crawl that is given up leaves some that nobody takes.
      picture.catch(() => {});
      this.#inFlight.set(key, picture);
    }
    return picture;
  }
}

const keyOf = ({ url, referer }: WantedPicture): string => `${url.href}\n${referer}`;
