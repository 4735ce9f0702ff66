// A model with three weights, a parabola through some points, whose numerical gradient is computed move by move.

/** The points that the parabola is to meet. */
export const POINTS: readonly (readonly [x: number, y: number])[] = [
  ...([[-1.5, 1.9], [-1, 0.6], [-0.5, -0.3], [0, -0.5], [0.5, -0.1], [1, 0.3], [1.5, 1.6]] as const),
]; // biome-ignore format: pairs

/** The weights of w₀ + w₁x + w₂x². */
export type Weights = readonly [number, number, number];

export const FIRST_WEIGHTS: Weights = [0.8, -0.6, -0.4];

/** Learning rate of an update. */
export const RATE = 0.2;

export function parabola([w0, w1, w2]: Weights, x: number): number {
  return w0 + w1 * x + w2 * x * x;
}

/** Half of the mean squared error of the parabola at the points. */
export function lossOf(weights: Weights): number {
  const squares = POINTS.map(([x, y]) => (parabola(weights, x) - y) ** 2);
  return squares.reduce((a, b) => a + b, 0) / (2 * POINTS.length);
}

/** The gradient by the chain rule: what the numerical one is compared with. */
export function exactGradient(weights: Weights): Weights {
  const entry = (power: number) =>
    POINTS.map(([x, y]) => (parabola(weights, x) - y) * x ** power).reduce((a, b) => a + b, 0) / POINTS.length;
  return [entry(0), entry(1), entry(2)];
}

/** Moves of a whole step: each weight goes up by h and down by h, and then all are updated. */
export const MOVES = 7;

/** The state between two moves of a step. */
export interface Toy {
  readonly weights: Weights;
  /** Steps made before. */
  readonly steps: number;
  /** Losses of the moves made in this step: L(w₀ + h), L(w₀ − h), L(w₁ + h), … */
  readonly losses: readonly number[];
}

export const BEGINNING: Toy = { weights: FIRST_WEIGHTS, steps: 0, losses: [] };

/** The weights of a move: one of them is moved by h, up or down. */
export function movedBy(weights: Weights, move: number, h: number): Weights {
  const which = Math.floor(move / 2);
  const [w0, w1, w2] = weights.map((w, i) => (i === which ? w + (move % 2 === 0 ? h : -h) : w));
  return [w0!, w1!, w2!];
}

/** The entries of the gradient that the losses so far give. */
export function quotientsOf(losses: readonly number[], h: number): number[] {
  return Array.from(
    { length: Math.floor(losses.length / 2) },
    (_, i) => (losses[2 * i]! - losses[2 * i + 1]!) / (2 * h),
  );
}

/** Makes the next move: the loss of a moved weight, or after all of them the update. */
export function nextMove({ weights, steps, losses }: Toy, h: number): Toy {
  if (losses.length < MOVES - 1)
    return { weights, steps, losses: [...losses, lossOf(movedBy(weights, losses.length, h))] };
  const gradient = quotientsOf(losses, h);
  const [w0, w1, w2] = weights.map((w, i) => w - RATE * gradient[i]!);
  return { weights: [w0!, w1!, w2!], steps: steps + 1, losses: [] };
}

/** The state after so many moves from the beginning. */
export function afterMoves(moves: number, h: number): Toy {
  let toy = BEGINNING;
  for (let i = 0; i < moves; i++) toy = nextMove(toy, h);
  return toy;
}

/** The number of moves from the beginning. */
export function movesOf({ steps, losses }: Toy): number {
  return steps * MOVES + losses.length;
}

/** Makes all moves up to the end of the step. */
export function wholeStep(toy: Toy, h: number): Toy {
  let next = nextMove(toy, h);
  while (next.losses.length > 0) next = nextMove(next, h);
  return next;
}
