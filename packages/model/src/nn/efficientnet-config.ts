/** A stage of EfficientNet: the same block, several times. */
export interface StageConfig {
  /** Side of the depthwise kernel. */
  kernel: 3 | 5;
  /** Of the first block; the others have 1. */
  stride: 1 | 2;
  /** How much wider than its input a block is inside; 1 makes it a depthwise-separable block without widening. */
  expand: number;
  channels: number;
  repeats: number;
}

/** An EfficientNet before compound scaling (Tan and Le 2019, section 3.3). */
export interface EfficientNetConfig {
  /** Factor on every number of channels. */
  width: number;
  /** Factor on every number of repeats. */
  depth: number;
  stemChannels: number;
  stages: StageConfig[];
  headChannels: number;
  /** Outputs of the classifier, which is never run but stands in the released state dict; 0 leaves it out. */
  classes: number;
}

/** The numbers of channels and repeats of a config after compound scaling. */
export interface EfficientNetPlan {
  stem: number;
  stages: BlockPlan[][];
  head: number;
}

export interface BlockPlan {
  kernel: number;
  stride: 1 | 2;
  expand: number;
  inChannels: number;
  outChannels: number;
}

/** Applies compound scaling, rounding as the reference implementation does. */
export function planEfficientNet(config: EfficientNetConfig): EfficientNetPlan {
  const { width, depth, stemChannels, stages, headChannels } = config;
  const stem = scaleChannels(stemChannels, width);
  let inChannels = stem;
  const planned = stages.map(({ kernel, stride, expand, channels, repeats }) => {
    const outChannels = scaleChannels(channels, width);
    return Array.from({ length: Math.ceil(repeats * depth) }, (_, index): BlockPlan => {
      const block = { kernel, stride: index === 0 ? stride : 1, expand, inChannels, outChannels } as const;
      inChannels = outChannels;
      return block;
    });
  });
  return { stem, stages: planned, head: scaleChannels(headChannels, width) };
}

/** The nearest multiple of 8, but never less than nine tenths. */
function scaleChannels(channels: number, width: number): number {
  const wanted = channels * width;
  const nearest = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return nearest < 0.9 * wanted ? nearest + 8 : nearest;
}
