/** A value of a library without types: everything can be called, and has every property. */
export interface Foreign {
  (...args: unknown[]): Foreign;
  readonly [name: string]: Foreign;
}

/** An input of an operation: numbers between two limits, or these numbers. */
export interface Input {
  readonly shape: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly values?: readonly number[];
  /** Sides that the search for the smallest input keeps: a library may end its process for a window without numbers. */
  readonly least?: readonly number[];
}

/** The options of a case, for instance `{ axis: 0, keepDims: true }`. */
type Setting = Readonly<Record<string, unknown>>;

/** An operation of a library with its options, as a function of tensors. */
export interface Case {
  /** Name in the library, for instance `cumsum`. */
  readonly op: string;
  readonly setting: Setting;
  readonly inputs: readonly Input[];
  apply(library: Foreign, tensors: readonly Foreign[]): Foreign;
}

/** An operation for all combinations of its options. */
export type Operation = readonly [
  op: string,
  inputs: readonly Input[],
  apply: (library: Foreign, tensors: readonly Foreign[], setting: Record<string, never>) => Foreign,
  options?: Readonly<Record<string, readonly unknown[]>>,
];

/** An input with numbers between two limits. */
export function within(low: number, high: number, ...shape: number[]): Input {
  return { shape, low, high };
}

/** An input with positive and negative numbers. */
export function any(...shape: number[]): Input {
  return within(-1.5, 1.5, ...shape);
}

/** An input with positive numbers. */
export function positive(...shape: number[]): Input {
  return within(0.3, 1.8, ...shape);
}

/** A vector with these numbers. */
export function exactly(...values: number[]): Input {
  return { shape: [values.length], low: 0, high: 0, values };
}

/** All cases of operations: one for each combination of options. */
export function casesOf(operations: readonly Operation[]): Case[] {
  return operations.flatMap(([op, inputs, apply, options = {}]) =>
    combinations(options).map((setting) => ({
      op,
      setting,
      inputs,
      apply: (library: Foreign, tensors: readonly Foreign[]) =>
        apply(library, tensors, setting as Record<string, never>),
    })),
  );
}

/** The shapes and the options of a case in words. */
export function settingText({ setting, inputs }: Pick<Case, "setting" | "inputs">): string {
  const shapes = inputs.map(({ shape }) => `[${shape.join(", ")}]`).join(", ");
  return [shapes, ...optionsText(setting)].join("; ");
}

/** Each option that is set, for instance `axis 0`. */
export function optionsText(setting: Setting): string[] {
  return Object.entries(setting)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`);
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** The numbers of an input: evenly between its limits, in an order that is the same each time. */
export function valuesOf(input: Input, seed: number): number[] {
  if (input.values) return [...input.values];
  const size = sizeOf(input.shape);
  const order = Array.from({ length: size }, (_, i) => i);
  const random = generator(seed);
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const place = (i: number) => (i + 0.25 + 0.5 * random()) / size;
  return order.map((i) => Math.fround(input.low + (input.high - input.low) * place(i)));
}

/** Uniform numbers in [0, 1), by a linear congruential generator. */
export function generator(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function combinations(options: Readonly<Record<string, readonly unknown[]>>): Setting[] {
  return Object.entries(options).reduce<Setting[]>(
    (settings, [name, values]) => settings.flatMap((setting) => values.map((value) => ({ ...setting, [name]: value }))),
    [{}],
  );
}
