import type { EfficientNetConfig } from '../nn/efficientnet-config.ts';

/** EfficientNet-B0 (Tan and Le 2019, table 1). */
const B0: EfficientNetConfig = {
  width: 1,
  depth: 1,
  stemChannels: 32,
  stages: [
    { kernel: 3, stride: 1, expand: 1, channels: 16, repeats: 1 },
    { kernel: 3, stride: 2, expand: 6, channels: 24, repeats: 2 },
    { kernel: 5, stride: 2, expand: 6, channels: 40, repeats: 2 },
    { kernel: 3, stride: 2, expand: 6, channels: 80, repeats: 3 },
    { kernel: 5, stride: 1, expand: 6, channels: 112, repeats: 3 },
    { kernel: 5, stride: 2, expand: 6, channels: 192, repeats: 4 },
    { kernel: 3, stride: 1, expand: 6, channels: 320, repeats: 1 },
  ],
  headChannels: 1280,
  classes: 0,
};

/** The published members of the family that are used here. */
export const EFFICIENTNETS: Record<'b0' | 'b5' | 'b7', EfficientNetConfig> = {
  b0: B0,
  b5: { ...B0, width: 1.6, depth: 2.2 },
  b7: { ...B0, width: 2, depth: 3.1 },
};
