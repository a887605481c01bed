/** What training says while it runs. */
export type TrainProgress =
  | { type: 'note'; sentence: string }
  | { type: 'vocabulary'; tokens: number }
  /** A step was taken; `step` counts from 1. */
  | {
      type: 'step';
      step: number;
      steps: number;
      loss: number;
      learningRate: number;
      samplesPerSecond: number;
      dataWaitShare: number;
    }
  | { type: 'validation'; step: number; pairs: number; recallAt10: number }
  | { type: 'checkpoint'; step: number };
