export { EFFICIENTNETS } from './efficientnets.ts';
export { PRESETS, type PresetName, resolveModel } from './resolve-model.ts';
