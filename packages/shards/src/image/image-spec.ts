/** What is done to a training picture at random; what is left out isn't done. Ranges are those of torchvision's transforms. */
export interface Augmentation {
  /** A window of at least this share of the area, of an aspect between 3:4 and 4:3 of the picture's, is what is seen. */
  crop?: { minScale: number };
  /** The window moves by up to this share of its side, also past the border, whose pixels are then repeated. */
  shift?: { maxFraction: number };
  /** Left for right. Texts that speak of sides are then wrong, and pictures with writing unreadable. */
  flipProbability?: number;
  /** Factors are drawn from 1 ± the number, the hue's turn from ± the number, where 1 is a full turn. */
  colorJitter?: { brightness: number; contrast: number; saturation: number; hue: number; probability: number };
  greyProbability?: number;
}

/** `released`: the training transform of BriVL's released code, which neither crops nor flips. `tiny`: for small datasets. */
export const AUGMENTATIONS: Record<'none' | 'released' | 'tiny', Augmentation> = {
  none: {},
  released: {
    colorJitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, probability: 0.8 },
    greyProbability: 0.2,
  },
  tiny: {
    crop: { minScale: 0.6 },
    shift: { maxFraction: 0.05 },
    colorJitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, probability: 0.8 },
    greyProbability: 0.2,
  },
};

/** How a picture becomes an input of a model. */
export interface ImageSpec {
  /** Pictures are squashed to side × side pixels. */
  side: number;
  augment: keyof typeof AUGMENTATIONS | Augmentation;
}

export const augmentationOf = ({ augment }: ImageSpec): Augmentation =>
  typeof augment === 'string' ? AUGMENTATIONS[augment] : augment;
