import { swish, tf } from '@wenlan/engine';
import { batchNorm, batchNormParameters } from './batch-norm.ts';
import { conv, convParameters, depthwiseParameters } from './convolution.ts';
import { depthwiseNorm } from './depthwise-norm.ts';
import { type BlockPlan, type EfficientNetConfig, planEfficientNet } from './efficientnet-config.ts';
import type { ForwardPass } from './forward-pass.ts';
import type { LayerRange } from './layer-range.ts';
import { linearParameters } from './linear.ts';
import type { ParameterSpec } from './parameter-spec.ts';
import { squeezeExcite, squeezeExciteParameters } from './squeeze-excite.ts';

/** Of a block's input. */
const SQUEEZE_RATIO = 0.25;

export function efficientNetParameters(name: string, config: EfficientNetConfig): ParameterSpec[] {
  const { stem, stages, head } = planEfficientNet(config);
  const last = stages.at(-1)?.at(-1)?.outChannels ?? stem;
  return [
    ...convParameters(`${name}.conv_stem`, 3, 3, stem),
    ...batchNormParameters(`${name}.bn1`, stem),
    ...stages.flatMap((blocks, stage) =>
      blocks.flatMap((plan, index) => blockParameters(`${name}.blocks.${stage}.${index}`, plan)),
    ),
    ...convParameters(`${name}.conv_head`, 1, last, head),
    ...batchNormParameters(`${name}.bn2`, head),
    ...(config.classes > 0
      ? linearParameters(`${name}.classifier`, head, config.classes).map((spec) => ({ ...spec, trainable: false }))
      : []),
  ];
}

function blockParameters(name: string, { kernel, expand, inChannels, outChannels }: BlockPlan): ParameterSpec[] {
  const reduced = Math.max(1, Math.round(inChannels * SQUEEZE_RATIO));
  if (expand === 1) {
    return [
      ...depthwiseParameters(`${name}.conv_dw`, kernel, inChannels),
      ...batchNormParameters(`${name}.bn1`, inChannels),
      ...squeezeExciteParameters(`${name}.se`, inChannels, reduced),
      ...convParameters(`${name}.conv_pw`, 1, inChannels, outChannels),
      ...batchNormParameters(`${name}.bn2`, outChannels),
    ];
  }
  const wide = inChannels * expand;
  return [
    ...convParameters(`${name}.conv_pw`, 1, inChannels, wide),
    ...batchNormParameters(`${name}.bn1`, wide),
    ...depthwiseParameters(`${name}.conv_dw`, kernel, wide),
    ...batchNormParameters(`${name}.bn2`, wide),
    ...squeezeExciteParameters(`${name}.se`, wide, reduced),
    ...convParameters(`${name}.conv_pwl`, 1, wide, outChannels),
    ...batchNormParameters(`${name}.bn3`, outChannels),
  ];
}

/**
 * EfficientNet (Tan and Le 2019) up to the feature map before pooling, in the TensorFlow-padded variant: parameter for parameter
 * timm's `tf_efficientnet_*`.
 * @param x normalised pixels [batch, height, width, 3], or the map that comes before layer `from`
 * @param layers which to run: 0 is the stem, 1 the first stage and so on, the last one the head; all unless told
 * @param onStage receives the map after the stem (`conv_stem`) and after every stage (`blocks.0`, …)
 * @returns [batch, height / 32, width / 32, head channels] for the published stages
 */
export function efficientNet(
  pass: ForwardPass,
  name: string,
  x: tf.Tensor4D,
  config: EfficientNetConfig,
  { from = 0, to = config.stages.length + 2 }: LayerRange = {},
  onStage: (stage: string, map: tf.Tensor4D) => void = () => {},
): tf.Tensor4D {
  const { stages } = planEfficientNet(config);
  let y = x;
  for (let layer = from; layer < to; layer++) {
    const blocks = stages[layer - 1];
    if (blocks !== undefined) {
      for (const [index, plan] of blocks.entries()) {
        const at = `${name}.blocks.${layer - 1}.${index}`;
        y = pass.checkpoint(at, y, (input) => block(pass, at, input, plan));
      }
      onStage(`blocks.${layer - 1}`, y);
    } else if (layer === 0) {
      y = swish(batchNorm(pass, `${name}.bn1`, conv(pass, `${name}.conv_stem`, y, 2)));
      onStage('conv_stem', y);
    } else {
      y = swish(batchNorm(pass, `${name}.bn2`, conv(pass, `${name}.conv_head`, y)));
    }
  }
  return y;
}

/** A mobile inverted bottleneck (Sandler et al. 2018), or what is left of it without widening. */
function block(pass: ForwardPass, name: string, x: tf.Tensor4D, plan: BlockPlan): tf.Tensor4D {
  const { stride, expand, inChannels, outChannels } = plan;
  let y = x;
  if (expand === 1) {
    y = swish(depthwiseNorm(pass, { convolution: `${name}.conv_dw`, norm: `${name}.bn1` }, y, stride));
    y = squeezeExcite(pass, `${name}.se`, y);
    y = batchNorm(pass, `${name}.bn2`, conv(pass, `${name}.conv_pw`, y));
  } else {
    y = swish(batchNorm(pass, `${name}.bn1`, conv(pass, `${name}.conv_pw`, y))); // [batch, height, width, expand · in]
    y = swish(depthwiseNorm(pass, { convolution: `${name}.conv_dw`, norm: `${name}.bn2` }, y, stride));
    y = squeezeExcite(pass, `${name}.se`, y);
    y = batchNorm(pass, `${name}.bn3`, conv(pass, `${name}.conv_pwl`, y)); // [batch, height / stride, width / stride, out]
  }
  return stride === 1 && inChannels === outChannels ? tf.add(x, y) : y;
}
