/** The sizes of a network and of the team that trains it. */
export interface TeamShape {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly outputSize: number;
  /** Number of members: this thread and the workers. */
  readonly members: number;
  /** Most samples of a part, and most images of a piece that is listed. */
  readonly rows: number;
}

/** What the members tell each other in the middle of a step. */
export interface Exchange {
  /** The activations of all hidden units, [rows, hidden_size and the bias, padded to an even number]. */
  readonly hidden: Float64Array;
  /** W2 and b2. */
  readonly secondLayer: Float64Array;
  /** The bounds of |b| over the units of each member, [members, rows]. */
  readonly bounds: Float64Array;
}

/** The memory that the members of a team share. A message to a worker copies the arrays, but not their memory. */
export interface Shared {
  readonly shape: TeamShape;
  /** Numbers by which the members wait for each other, `AT`. */
  readonly control: Int32Array;
  /** A command and its arguments that are whole numbers. */
  readonly words: Int32Array;
  /** The argument of a command that is no whole number: h, or the learning rate. */
  readonly real: Float64Array;
  /** Counts of correct images, one for each member. */
  readonly counts: Int32Array;
  /** Samples: rows of numbers, or in the same memory rows of pixels; or indices of images. */
  readonly numbers: Float64Array;
  readonly pixels: Uint8Array;
  readonly indices: Uint32Array;
  readonly labels: Uint32Array;
  readonly targets: Float64Array;
  /** They are used in turn, so that nobody writes what another still reads. */
  readonly exchanges: readonly Exchange[];
  /** All parameters, or their gradient. */
  readonly parameters: Float64Array;
}

/** What the members do next. */
export const COMMAND = {
  /** The forward pass of the staged samples. */
  forward: 1,
  /** Backpropagation of the staged samples. */
  backpropagate: 2,
  /** Central differences of the staged samples. */
  differences: 3,
  /** The update of gradient descent. */
  descend: 4,
  /** Parameters or a gradient go from some members to some members. */
  transfer: 5,
  /** A call of the object that lists images, `LISTING`. */
  list: 6,
  /** Counts the correct ones of some listed images. */
  count: 7,
} as const;

/** Calls of the object that lists images. */
export const LISTING = { create: 0, count: 1, allocate: 2, push: 3 } as const;

/** In what form the staged samples come. */
export const SOURCE = { pixels: 0, numbers: 1, images: 2 } as const;

/** Places in the control block. Workers sleep at `command`, all members at `turn`. */
export const AT = { command: 0, arrived: 1, turn: 2, failed: 3, refused: 4 } as const;

const MOST_MEMBERS = 64;

/** Every share but the last is a multiple of this many units (crates/numgrad-core/src/share.rs). */
const UNITS = 8;

/** Most members that a network has work for. */
export function mostMembers(hiddenSize: number): number {
  return Math.min(MOST_MEMBERS, Math.ceil(hiddenSize / UNITS));
}

/** The hidden units of a member: from the first to, but without, the second. */
export function unitsOf({ hiddenSize, members }: TeamShape, member: number): [from: number, to: number] {
  const tiles = Math.ceil(hiddenSize / UNITS);
  const end = (count: number) => Math.min(Math.floor((tiles * count) / members) * UNITS, hiddenSize);
  return [end(member), end(member + 1)];
}

/** Numbers of a row of activations. */
export function strideOf({ hiddenSize }: TeamShape): number {
  return hiddenSize + 2 - (hiddenSize % 2);
}
