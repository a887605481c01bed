/** Of the angle between two vectors; 0 where one of them is. */
export function cosine(left: Float32Array, right: Float32Array): number {
  let [dot, first, second] = [0, 0, 0];
  for (let at = 0; at < left.length; at += 1) {
    dot += left[at]! * right[at]!;
    first += left[at]! ** 2;
    second += right[at]! ** 2;
  }
  return first === 0 || second === 0 ? 0 : dot / Math.sqrt(first * second);
}
