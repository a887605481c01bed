import { UserError } from '@wenlan/shards';
import type * as Runtime from 'onnxruntime-node';

export type OnnxRuntime = typeof Runtime;

/**
 * ONNX Runtime, which isn't installed along: it takes 290 MB, for all platforms.
 * @throws UserError ONNX_RUNTIME_MISSING
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  return import('onnxruntime-node').catch((cause: unknown) => {
    const reason = (cause as Error).message.split('\n')[0]!;
    throw new UserError(
      'ONNX_RUNTIME_MISSING',
      `An ONNX model needs the package onnxruntime-node, which doesn't load here (${reason}); run \`npm install onnxruntime-node --ignore-scripts\` where wenlan is installed, with --global if it is.`,
      { cause },
    );
  });
}
