import type { Group } from '@wenlan/engine';
import type { BriVLConfig } from './brivl-config.ts';
import { CaptionerObjective } from './captioner/captioner-objective.ts';
import { ClipObjective } from './clip/clip-objective.ts';
import { MocoObjective } from './moco/moco-objective.ts';
import type { Objective } from './objective.ts';
import { OBJECTIVES } from './objective-config.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { ResolvedTrainConfig } from './train-config.ts';
import { UniterObjective } from './uniter/uniter-objective.ts';

/** What an objective is made from. */
export interface ObjectiveSettings {
  model: BriVLConfig;
  config: ResolvedTrainConfig;
  tokenizer: Tokenizer;
  seed: number;
  /** The ranks that train it. */
  group: Group;
}

/** Parameters, momentum copies, queues and all else that the objective of a run needs, as they are before the first step. */
export function createObjective(settings: ObjectiveSettings): Objective {
  const { config } = settings;
  const objective = config.objective ?? OBJECTIVES.brivl;
  switch (objective.kind) {
    case 'brivl':
      return new MocoObjective(settings);
    case 'clip':
      return new ClipObjective(settings, objective);
    case 'uniter':
      return new UniterObjective(settings, objective);
    case 'captioner':
      return new CaptionerObjective(settings, objective);
  }
}
