/**
 * Two-tower models of others as ONNX files. Whoever only scores pairs imports `@wenlan/model/onnx`, which loads no TensorFlow.
 *
 * @module
 */
export { loadTwoTower } from './onnx/two-tower.ts';
export type { TwoTower } from './onnx/two-tower.ts';
