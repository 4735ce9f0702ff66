import { IMAGES_LAYOUT, SESSION_LAYOUT } from "../wasm/layouts.js";

/** The sizes of a network and of the team that trains it. */
export interface TeamShape {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly outputSize: number;
  /** Number of members: this thread and the workers. */
  readonly members: number;
  /** Most samples of a part. */
  readonly rows: number;
}

/** What the members tell each other in the middle of a step. */
interface Exchange {
  /** The activations of all hidden units, [rows, hidden_size and the bias, padded to an even number]. */
  readonly hidden: Float64Array;
  /** W2 and b2. */
  readonly secondLayer: Float64Array;
  /** The bounds of |b| over the units of each member, [members, rows]. */
  readonly bounds: Float64Array;
}

/** What belongs to a member. */
export interface MemberShare {
  /** The hidden units: from the first to, but without, the second. */
  readonly units: readonly [from: number, to: number];
  /** The elements of a row of activations: in the last member the bias and the padding too. */
  readonly padded: readonly [from: number, to: number];
  /** The rows of W2, as numbers of W2 and b2: in the last member b2 too. */
  readonly weights: readonly [from: number, to: number];
}

/** The memory that the members of a team share. A message to a worker copies the arrays, but not their memory. */
export interface Shared {
  readonly shape: TeamShape;
  readonly shares: readonly MemberShare[];
  /** Names of what the layouts of the core's objects hold. */
  readonly sessionLayout: typeof SESSION_LAYOUT;
  readonly imagesLayout: typeof IMAGES_LAYOUT;
  /** Time in milliseconds that a waiting thread spins before it sleeps. */
  readonly spinTime: number;
  /** Numbers by which the members wait for each other, at the places `AT_…`. */
  readonly control: Int32Array;
  /** A command and its arguments that are whole numbers. */
  readonly words: Int32Array;
  /**
   * The argument of a command that is no whole number: h, or the learning rate. Then the learning rate of an update that
   * comes before the command, or NaN.
   */
  readonly reals: Float64Array;
  /** Counts of correct images, one for each member. */
  readonly counts: Int32Array;
  /** Samples: rows of numbers, or in the same memory rows of pixels, or parts of lists; or indices of images. */
  readonly numbers: Float64Array;
  readonly pixels: Uint8Array;
  readonly indices: Uint32Array;
  readonly labels: Uint32Array;
  readonly targets: Float64Array;
  /** One for commands with even numbers and one for odd ones, so that nobody writes what another still reads. */
  readonly exchanges: readonly Exchange[];
  /** All parameters, or their gradient. */
  readonly parameters: Float64Array;
  /** Why the team has failed, if a member knows: a text in UTF-16, with zeros behind it. */
  readonly reason: Uint16Array;
}

// Commands: what the members do next. They are constants of their own, because bundlers put the numbers in their places.

/** The forward pass of the staged samples. */
export const FORWARD = 1;
/** Backpropagation of the staged samples. */
export const BACKPROPAGATE = 2;
/** Central differences of the staged samples. */
export const DIFFERENCES = 3;
/** An update of gradient descent on which the members must agree, because a result may not be finite. */
export const DESCEND = 4;
/** Parameters or a gradient go from some members to some members. */
export const TRANSFER = 5;
/** A call of the object of listed images: one of those below. */
export const LIST = 6;
/** Counts the correct ones of some listed images. */
export const COUNT = 7;

// Calls of the object of listed images.

/** Makes an object with room for lists. */
export const CREATE = 0;
/** Copies a part of the first thread's lists there. */
export const PIECES = 1;
/** Copies a part of the first thread's palette there. */
export const PALETTE = 2;

// In what form samples come.
export const PIXELS = 0;
export const NUMBERS = 1;
export const IMAGES = 2;
/** They are staged already. */
export const STAGED = 3;

// Places in the control block. Workers sleep at AT_COMMAND, all members at AT_TURN.
export const AT_COMMAND = 0;
export const AT_ARRIVED = 1;
export const AT_TURN = 2;
export const AT_FAILED = 3;
/** The number of the last refused command: here of those with even numbers, behind it of those with odd ones. */
export const AT_REFUSED = 4;

const MOST_MEMBERS = 64;

/** Every share but the last is a multiple of this many units (crates/numgrad-core/src/share.rs). */
const UNITS = 8;

/** Most members that a network has work for. */
export function mostMembers(hiddenSize: number): number {
  return Math.min(MOST_MEMBERS, Math.ceil(hiddenSize / UNITS));
}

/**
 * Memory for a team.
 *
 * @param spinTime Time in milliseconds that a waiting thread spins before it sleeps.
 */
export function share(shape: TeamShape, spinTime: number): Shared {
  const { inputSize, hiddenSize, outputSize, members, rows } = shape;
  const of = <T>(type: new (memory: SharedArrayBuffer, start: number, length: number) => T, length: number) =>
    new type(new SharedArrayBuffer(8 * length), 0, length);
  const control = of(Int32Array, 16);
  const numbers = of(Float64Array, rows * inputSize);
  const secondLayer = (hiddenSize + 1) * outputSize;
  const exchange = () => ({
    hidden: of(Float64Array, rows * strideOf(hiddenSize)),
    secondLayer: of(Float64Array, secondLayer),
    bounds: of(Float64Array, members * rows),
  });
  return {
    shape,
    shares: sharesOf(shape),
    sessionLayout: SESSION_LAYOUT,
    imagesLayout: IMAGES_LAYOUT,
    spinTime,
    control,
    words: control.subarray(8),
    reals: of(Float64Array, 2),
    counts: of(Int32Array, members),
    numbers,
    pixels: new Uint8Array(numbers.buffer, 0, rows * inputSize),
    indices: of(Uint32Array, rows),
    labels: of(Uint32Array, rows),
    targets: of(Float64Array, rows * outputSize),
    exchanges: [exchange(), exchange()],
    parameters: of(Float64Array, (inputSize + 1) * hiddenSize + secondLayer),
    reason: of(Uint16Array, 300),
  };
}

/** What belongs to each member. */
function sharesOf({ hiddenSize, outputSize, members }: TeamShape): MemberShare[] {
  const tiles = Math.ceil(hiddenSize / UNITS);
  const end = (count: number) => Math.min(Math.floor((tiles * count) / members) * UNITS, hiddenSize);
  return Array.from({ length: members }, (_, member) => {
    const [from, to] = [end(member), end(member + 1)];
    const isLast = to === hiddenSize;
    const padded = isLast ? strideOf(hiddenSize) : to;
    const weights = [from * outputSize, (to + Number(isLast)) * outputSize] as const;
    return { units: [from, to], padded: [from, padded], weights };
  });
}

/** Numbers of a row of activations. */
function strideOf(hiddenSize: number): number {
  return hiddenSize + 2 - (hiddenSize % 2);
}
