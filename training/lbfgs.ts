/**
 * Limited-memory BFGS (Nocedal & Wright 2006, algorithm 7.4) with backtracking: minimises a smooth convex function.
 * No randomness: the same function gives the same point.
 */

/** Writes the gradient at `x` into `gradient`, returns the value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

const MEMORY = 8;

/** The point reached from `start` after `iterations`, or when a step lowers the value by less than one in 10⁷. */
export function minimise(objective: Objective, start: Float64Array, iterations: number): Float64Array {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = objective(x, gradient);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let k = 0; k < iterations; k++) {
    const direction = descent(gradient, steps);
    let slope = dot(gradient, direction);
    if (slope >= 0) return x;
    let rate = k === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let next = x;
    let nextValue = value;
    const nextGradient = new Float64Array(x.length);
    for (let halvings = 0; halvings < 30; halvings++, rate /= 2) {
      const at = x.map((from, i) => from + rate * (direction[i] as number));
      const there = objective(at, nextGradient);
      if (there > value + 1e-4 * rate * slope) continue;
      [next, nextValue] = [at, there];
      break;
    }
    if (next === x) return x;
    const s = next.map((to, i) => to - (x[i] as number));
    const y = nextGradient.map((to, i) => to - (gradient[i] as number));
    slope = dot(s, y);
    if (slope > 1e-12) steps.push({ s, y, rho: 1 / slope });
    if (steps.length > MEMORY) steps.shift();
    const gain = value - nextValue;
    [x, gradient, value] = [next, nextGradient, nextValue];
    if (gain < 1e-7 * Math.abs(value)) return x;
  }
  return x;
}

/** The two-loop recursion: minus the inverse Hessian, as far as it is remembered, times the gradient. */
function descent(
  gradient: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.map((value) => -value);
  const alphas: number[] = [];
  for (const { s, y, rho } of steps.toReversed()) {
    const alpha = rho * dot(s, q);
    alphas.push(alpha);
    addScaled(q, y, -alpha);
  }
  const last = steps.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * scale;
  }
  for (const { s, y, rho } of steps) addScaled(q, s, (alphas.pop() as number) - rho * dot(y, q));
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function addScaled(to: Float64Array, from: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + scale * (from[i] as number);
}
