import { type Case, sizeOf } from "./case.js";
import { type Place, reportAt, type Subject } from "./problem.js";

/** The largest number of places that the search tries. */
const MOST_TRIED = 1500;

/**
 * The smallest place, by trying, where the gradient is still wrong in the same way: with shorter sides, with one output
 * instead of their weighted sum, and with small integers as inputs.
 */
export function smallest(subject: Subject, example: Case, place: Place): Place {
  const search = new Search(subject, example, place);
  let best = place;
  for (let before: Place | undefined; before !== best; ) {
    before = best;
    best = search.improve(best, shorter);
    best = search.improve(best, simplerWeights);
    best = search.improve(best, simplerValues);
  }
  return best;
}

/** What is wrong with a gradient. One that is wrong as a number is not explained by an input where it is NaN. */
type Fault = "wrong" | "not finite";

class Search {
  readonly #subject: Subject;
  readonly #example: Case;
  readonly #wanted: Fault;
  #tried = 0;

  constructor(subject: Subject, example: Case, place: Place) {
    this.#subject = subject;
    this.#example = example;
    this.#wanted = this.#fault(place) ?? "wrong";
  }

  /** Takes the first candidate that is still wrong, again and again. */
  improve(place: Place, candidates: (place: Place) => Iterable<Place>): Place {
    let best = place;
    for (let found = true; found; ) {
      found = false;
      for (const candidate of candidates(best)) {
        if (this.#tried++ > MOST_TRIED) return best;
        const fitted = this.#fit(candidate);
        if (!fitted || this.#fault(fitted) !== this.#wanted) continue;
        [best, found] = [fitted, true];
        break;
      }
    }
    return best;
  }

  /** The place with as many weights as there are outputs; undefined if the operation refuses the inputs. */
  #fit(place: Place): Place | undefined {
    const isLarge = this.#example.inputs.every(
      ({ least }, i) => least?.every((side, axis) => place.inputs[i]!.shape[axis]! >= side) ?? true,
    );
    if (!isLarge) return undefined;
    try {
      const length = this.#subject.outputs(this.#example, place.inputs);
      if (length === place.weights.length) return place;
      return length === 0 ? undefined : { ...place, weights: Array.from({ length }, (_, i) => place.weights[i] ?? 1) };
    } catch {
      return undefined;
    }
  }

  #fault(place: Place): Fault | undefined {
    try {
      const { verdict, worst } = reportAt(this.#subject, this.#example, place);
      if (verdict !== "wrong") return undefined;
      return worst.every(({ got }) => Number.isFinite(got)) ? "wrong" : "not finite";
    } catch {
      return undefined;
    }
  }
}

/** Places in which all sides of one length, or one side, are shorter by one. */
function* shorter({ inputs, weights }: Place): Iterable<Place> {
  const lengths = [...new Set(inputs.flatMap(({ shape }) => shape))].filter((length) => length > 1);
  for (const length of lengths.sort((a, b) => b - a)) {
    const shapes = inputs.map(({ shape }) => shape.map((side) => (side === length ? side - 1 : side)));
    yield { inputs: inputs.map((input, i) => cut(input, shapes[i]!)), weights };
  }
  for (const [i, { shape }] of inputs.entries()) {
    for (const [axis, side] of shape.entries()) {
      if (side < 2) continue;
      yield {
        inputs: inputs.map((input, k) => (k === i ? cut(input, replaced(shape, axis, side - 1)) : input)),
        weights,
      };
    }
  }
}

function cut({ values }: Place["inputs"][number], shape: readonly number[]): Place["inputs"][number] {
  return { shape, values: values.slice(0, sizeOf(shape)) };
}

/** Places with one output, or with weights of 1. */
function* simplerWeights({ inputs, weights }: Place): Iterable<Place> {
  const isSimple = weights.every((weight) => weight === 0 || weight === 1);
  if (isSimple && weights.filter((weight) => weight === 1).length === 1) return;
  for (const k of weights.keys()) yield { inputs, weights: weights.map((_, i) => (i === k ? 1 : 0)) };
  if (!isSimple) yield { inputs, weights: weights.map(() => 1) };
}

/** Places with a simpler value. */
function* simplerValues({ inputs, weights }: Place): Iterable<Place> {
  for (const [i, { values }] of inputs.entries()) {
    for (const [k, value] of values.entries()) {
      for (const simple of simpler(value)) {
        yield {
          inputs: inputs.map((input, j) => (j === i ? { ...input, values: replaced(values, k, simple) } : input)),
          weights,
        };
      }
    }
  }
}

/** Numbers that are simpler than a value, the simplest first. */
function simpler(value: number): number[] {
  const candidates = [0, 1, 2, -1, 3, -2, 0.5, Math.round(value), Math.round(value * 2) / 2, Math.fround(Math.round(value * 10) / 10)]; // biome-ignore format: a list
  const place = candidates.indexOf(value);
  return [...new Set(place < 0 ? candidates : candidates.slice(0, place))];
}

function replaced(values: readonly number[], place: number, value: number): number[] {
  return values.map((old, i) => (i === place ? value : old));
}
