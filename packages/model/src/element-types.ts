/** Values of a tensor in memory; half precision is widened to Float32Array when it is read. */
export type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Int16Array | Int8Array | Uint8Array;

interface ElementKind {
  bytes: number;
  /** From little-endian bytes, which start at offset 0 of the buffer. */
  decode: (buffer: ArrayBuffer) => TensorData;
}

/** The element types that are read here, by their names in safetensors. */
export const ELEMENT_TYPES = {
  F64: { bytes: 8, decode: (buffer) => new Float64Array(buffer) },
  F32: { bytes: 4, decode: (buffer) => new Float32Array(buffer) },
  F16: { bytes: 2, decode: (buffer) => widenHalf(new Uint16Array(buffer)) },
  BF16: { bytes: 2, decode: (buffer) => widenBfloat16(new Uint16Array(buffer)) },
  I64: { bytes: 8, decode: (buffer) => new BigInt64Array(buffer) },
  I32: { bytes: 4, decode: (buffer) => new Int32Array(buffer) },
  I16: { bytes: 2, decode: (buffer) => new Int16Array(buffer) },
  I8: { bytes: 1, decode: (buffer) => new Int8Array(buffer) },
  U8: { bytes: 1, decode: (buffer) => new Uint8Array(buffer) },
  BOOL: { bytes: 1, decode: (buffer) => new Uint8Array(buffer) },
} as const satisfies Record<string, ElementKind>;
/** Types of numbers in a file of tensors, by the names of safetensors. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** Under which element type values are written. */
export function elementTypeOf(data: TensorData): ElementType {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof BigInt64Array) return 'I64';
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof Int16Array) return 'I16';
  return data instanceof Int8Array ? 'I8' : 'U8';
}

/** IEEE 754 binary16, subnormal numbers included. */
function widenHalf(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
}

/** The upper half of a float32. */
function widenBfloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
}
