import { capture, type CapturedStep, type Group, type SavedPrograms, tf } from '@wenlan/engine';
import type { TrainBatch } from './batches.ts';
import { clipByGlobalNorm } from './optimizer/clip.ts';
import { averageStep } from './ranks/average-step.ts';
import type { ResolvedTrainConfig } from './train-config.ts';
import type { TrainState } from './train-state.ts';
import type { StepLosses, TrainStep } from './train-step.ts';

/** The step over a batch at once, as one captured program a text length. */
export class WholeBatchStep implements TrainStep {
  private readonly state: TrainState;
  private readonly program: CapturedStep<tf.Tensor[], tf.Tensor>;

  constructor(state: TrainState, config: ResolvedTrainConfig, group: Group, saved?: SavedPrograms) {
    this.state = state;
    const { objective, optimizer } = state;
    const { clipNorm, precision, allReducePrecision } = config;
    const variables = objective.trained.map(({ variable }) => variable);

    const step = (...all: tf.Tensor[]): tf.Tensor => {
      const [rates, ...inputs] = all as [tf.Tensor1D, ...tf.Tensor[]];
      const prepared = objective.prepare(inputs); // without gradient

      let report: tf.Tensor1D | undefined;
      const { grads } = tf.variableGrads(() => {
        const [loss, ...parts] = objective.loss(inputs, prepared);
        report = tf.keep(tf.stack([loss, ...parts]) as tf.Tensor1D); // [1 + parts]
        return loss;
      }, variables);

      const own = Object.fromEntries(objective.trained.map(({ name, variable }) => [name, grads[variable.name]!]));
      const share = { gradients: own, report: report!, statistics: objective.statistics };
      const { gradients, report: losses } = averageStep(group, share, { bfloat16: allReducePrecision === 'bf16' });
      const { clipped, norm } = clipByGlobalNorm(gradients, clipNorm);
      optimizer.apply(clipped, rates);
      objective.update(inputs, prepared);
      const reported = tf.concat([losses, tf.expandDims(norm)]); // [1 + parts + 1]
      report!.dispose();
      return reported;
    };
    this.program = capture(step, { bfloat16: precision === 'bf16', ...(saved && { saved }) });
  }

  async take(batch: TrainBatch, learningRate: number): Promise<StepLosses> {
    const { objective, optimizer, step } = this.state;
    const inputs = [tf.tensor1d(optimizer.rates(step, learningRate)), ...objective.inputs(batch, step)];
    const losses = await this.program.runAsync(...inputs);
    const [loss, ...others] = [...(await losses.data())] as [number, ...number[]];
    tf.dispose([losses, ...inputs]);
    objective.advance(batch);
    const parts = Object.fromEntries(objective.parts.map((name, index) => [name, others[index]!]));
    return { loss, parts, gradientNorm: others.at(-1)! };
  }

  dispose(): void {
    this.program.dispose();
  }
}
