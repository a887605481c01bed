const MEMORY = 10;
const MAX_ITERATIONS = 500;
const TOLERANCE = 1e-6;

export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
  readonly iterations: number;
}

/**
 * The minimum of a smooth convex function from 0 on: L-BFGS (Liu and Nocedal 1989) with backtracking by Armijo's rule.
 * @param evaluate fills the gradient and returns the value
 */
export function minimize(evaluate: (at: Float64Array, gradient: Float64Array) => number, size: number): Minimum {
  let at = new Float64Array(size);
  let gradient = new Float64Array(size);
  let value = evaluate(at, gradient);
  const history: { step: Float64Array; change: Float64Array; scale: number }[] = [];
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (gradient.every((slope) => Math.abs(slope) < TOLERANCE)) return { at, value, iterations: iteration };
    const direction = downhill(gradient, history);
    const slope = dot(direction, gradient);
    let length = iteration === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const nextGradient = new Float64Array(size);
    let next = along(at, direction, length);
    let nextValue = evaluate(next, nextGradient);
    while (nextValue > value + 1e-4 * length * slope) {
      length /= 2;
      if (length < 1e-12) return { at, value, iterations: iteration };
      next = along(at, direction, length);
      nextValue = evaluate(next, nextGradient);
    }
    const step = next.map((here, index) => here - at[index]!);
    const change = nextGradient.map((here, index) => here - gradient[index]!);
    const curvature = dot(step, change);
    if (curvature > 1e-12) history.push({ step, change, scale: 1 / curvature });
    if (history.length > MEMORY) history.shift();
    [at, gradient, value] = [next, nextGradient, nextValue];
  }
  return { at, value, iterations: MAX_ITERATIONS };
}

/** The two-loop recursion. */
function downhill(
  gradient: Float64Array,
  history: readonly { step: Float64Array; change: Float64Array; scale: number }[],
): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const shares = history.map(() => 0);
  for (let index = history.length - 1; index >= 0; index--) {
    const { step, change, scale } = history[index]!;
    shares[index] = scale * dot(step, direction);
    addTo(direction, change, -shares[index]!);
  }
  const last = history.at(-1);
  if (last !== undefined) {
    const first = dot(last.step, last.change) / dot(last.change, last.change);
    for (const [index, value] of direction.entries()) direction[index] = value * first;
  }
  for (const [index, { step, change, scale }] of history.entries()) {
    addTo(direction, step, shares[index]! - scale * dot(change, direction));
  }
  return direction;
}

function along(at: Float64Array, direction: Float64Array, length: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(at, (here, index) => here + length * direction[index]!);
}

function addTo(target: Float64Array, other: Float64Array, factor: number): void {
  for (const [index, value] of other.entries()) target[index]! += factor * value;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (const [index, value] of a.entries()) sum += value * b[index]!;
  return sum;
}
