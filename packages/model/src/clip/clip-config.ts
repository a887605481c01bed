/** CLIP as data. */
export interface ClipConfig {
  kind: 'clip';
  /** `trained`: both towers learn; `frozen`: the image tower stays as it begins, as in LiT (Zhai et al., CVPR 2022). */
  image: 'trained' | 'frozen';
}

/** The same towers, data, augmentation and budget as BriVL. */
export const CLIP_FAIR: ClipConfig = { kind: 'clip', image: 'trained' };

/** Locked-image tuning: only texts learn to read what a trained image tower shows. */
export const CLIP_LIT: ClipConfig = { kind: 'clip', image: 'frozen' };
