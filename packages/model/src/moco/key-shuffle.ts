import { type Group, tf } from '@wenlan/engine';
import { seededUniform } from '../seeded.ts';
import type { ResolvedTrainConfig } from '../train-config.ts';

/** What the key tower sees of pictures. */
export interface KeyPictures {
  map: tf.Tensor4D; // [own, height, width, channels]
  corners: tf.Tensor3D; // [own or 1, boxes, 4]
  mask: tf.Tensor2D; // [own or 1, boxes]
}

/**
 * Batch norm tells by its statistics which pictures went through it together; so the key pass deals the pictures of all ranks out anew,
 * in an order that all know (MoCo, He et al. 2020, section 3.3), and gives each key back to the rank that its picture came from.
 *
 * `complete` deals boxes and masks along; within one rank there is then nothing to do, since moving the whole of a batch about changes no
 * statistic. The released code (`VL_model.py`, 304–306) forgets the masks, so that a picture gets those of another, which matters where
 * their numbers of boxes differ.
 */
export class KeyShuffle {
  private readonly group: Group;
  private readonly kind: ResolvedTrainConfig['batchShuffle'];

  constructor(group: Group, kind: ResolvedTrainConfig['batchShuffle']) {
    this.group = group;
    this.kind = kind;
  }

  /**
   * Where pictures go: for each place of this rank the picture that it gets, then for each picture of this rank the place that it goes
   * to; both count through all ranks.
   * @param count of this rank's pictures
   * @param draw distinguishes runs and steps
   * @returns int32 [2, count]
   */
  places(count: number, draw: readonly (string | number)[]): tf.Tensor2D {
    const { rank, size } = this.group;
    const lots = Array.from({ length: size * count }, (_, row) => ({ row, lot: seededUniform(...draw, 'shuffle', row) }));
    const placeOf = lots.sort((left, right) => left.lot - right.lot).map(({ row }) => row);
    const pictureAt = new Int32Array(placeOf.length);
    for (const [picture, place] of placeOf.entries()) pictureAt[place] = picture;
    const own = <T extends { slice(start: number, end: number): T }>(all: T): T => all.slice(rank * count, (rank + 1) * count);
    return tf.tensor2d([...own(pictureAt), ...own(placeOf)], [2, count], 'int32');
  }

  /**
   * The masks of boxes that a single rank's key pass sees.
   * @param mask [own or 1, boxes]
   * @param places int32 [2, own]
   * @returns [own or 1, boxes], a tensor of its own
   */
  ownBoxMask(mask: tf.Tensor2D, places: tf.Tensor2D): tf.Tensor2D {
    const isMixedUp = this.kind === 'released' && this.group.size === 1 && mask.shape[0] > 1;
    return isMixedUp ? tf.tidy(() => tf.gather(mask, rowOf(places, 1))) : tf.clone(mask);
  }

  /**
   * Encodes the pictures that this rank is dealt; part of the captured step, and without gradient.
   * @param places int32 [2, own]
   * @returns the keys of this rank's own pictures, [own, dim]
   */
  around(pictures: KeyPictures, places: tf.Tensor2D, encode: (pictures: KeyPictures) => tf.Tensor2D): tf.Tensor2D {
    const { group, kind = 'none' } = this;
    if (kind === 'none' || group.size === 1) return encode(pictures);
    const { map, corners, mask } = pictures;
    const count = map.shape[0];
    const each = <T extends tf.Tensor>(x: T): T =>
      x.shape[0] === count ? x : tf.tile(x, [count, ...x.shape.slice(1).map(() => 1)]);
    const dealt = <T extends tf.Tensor>(x: T): T => tf.gather(group.gather(each(x)), rowOf(places, 0));
    const keys = encode({ map: dealt(map), corners: dealt(corners), mask: kind === 'released' ? each(mask) : dealt(mask) });
    return tf.gather(group.gather(keys), rowOf(places, 1));
  }
}

function rowOf(places: tf.Tensor2D, row: number): tf.Tensor1D {
  return tf.reshape(tf.slice(places, [row, 0], [1, -1]), [-1]);
}
