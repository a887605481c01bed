import { tf } from '@wenlan/engine';
import { UserError } from '@wenlan/shards';
import type { Parameter } from './optimizer.ts';

/** Parameters that are moved in another way than the rest. */
export interface ParameterGroup {
  /** Their names in a checkpoint, `*` standing for anything: `textencoder.*`. A parameter belongs to the first group that fits. */
  names: string;
  /** On the learning rate of the step. Default: 1. */
  learningRateFactor?: number | undefined;
  /** Instead of that of the run. */
  weightDecay?: number | undefined;
}

/** A parameter and how it is moved. */
export interface ParameterSettings extends Parameter {
  rateFactor: number;
  /** Decoupled (Loshchilov and Hutter 2019): each step shrinks the parameter itself by learning rate · decay, outside of any moment. */
  decay: number;
}

/**
 * How each parameter is moved. Vectors and scalars (biases, the gains of norms, the logit scale) aren't decayed.
 * @throws UserError for a group that no parameter is in
 */
export function settingsOf(
  parameters: readonly Parameter[],
  { weightDecay, parameterGroups = [] }: { weightDecay: number; parameterGroups?: readonly ParameterGroup[] | undefined },
): ParameterSettings[] {
  const groups = parameterGroups.map((group) => ({ ...group, pattern: patternOf(group.names), used: false }));
  const settings = parameters.map((parameter): ParameterSettings => {
    const group = groups.find(({ pattern }) => pattern.test(parameter.name));
    if (group !== undefined) group.used = true;
    const decay = group?.weightDecay ?? weightDecay;
    return { ...parameter, rateFactor: group?.learningRateFactor ?? 1, decay: parameter.variable.rank > 1 ? decay : 0 };
  });
  const unused = groups.findIndex(({ used }) => !used);
  if (unused !== -1) {
    const example = parameters[0]?.name ?? 'nothing';
    throw new UserError(
      'TRAIN_CONFIG',
      `train.parameterGroups.${unused}.names is "${groups[unused]!.names}", but no parameter that is trained and in no group before has such a name; names are such as ${example}.`,
    );
  }
  return settings;
}

function patternOf(names: string): RegExp {
  const parts = names.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`);
}

/** A variable of zeros that goes with a parameter. */
export function zerosLike({ variable }: Parameter): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
}
