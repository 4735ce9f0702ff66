import { FunctionError } from "../errors.js";
import type { Bounds, DifferenceSettings } from "./difference-options.js";
import { Limits, readPair } from "./limits.js";
import { type BasePoint, Point } from "./point.js";
import { Stencil } from "./stencil.js";
import type { Part, TreePoint } from "./tree-point.js";
import type { TreeBounds } from "./tree-types.js";

/** What a gradient needs of a stencil. */
export type AnyStencil = Pick<Stencil, "first" | "second" | "usesHere" | "hasSecond" | "place" | "slope">;

/** What a search for a slope needs of the limits of x. */
export type AnyLimits = Pick<Limits, "lower" | "upper">;

/** {@link DifferenceSettings} for x of any kind. */
export type AnySettings = Omit<DifferenceSettings, "bounds"> & { readonly bounds: TreeBounds | undefined };

/** The stencil for a tree: each part has its own, with a step fit for its float type. */
class TreeStencil implements AnyStencil {
  first = 0;
  second = Number.NaN;
  readonly usesHere: boolean;
  readonly #point: TreePoint;
  readonly #stencils: ReadonlyMap<Part, Stencil>;
  #stencil: Stencil;
  /** The index of the first element of the part where the stencil stands. */
  #start = 0;

  /** @throws {ArgumentError} as the constructor of a Stencil. */
  constructor(settings: AnySettings, point: TreePoint) {
    const bounds = partBounds(settings.bounds, point);
    this.#point = point;
    this.#stencils = new Map(
      point.parts.map((part, k) => [part, new Stencil({ ...settings, bounds: bounds?.[k] }, baseOf(part, point))]),
    );
    const stencils = [...this.#stencils.values()];
    this.#stencil = stencils[0]!;
    this.usesHere = stencils.some(({ usesHere }) => usesHere);
  }

  place(index: number): void {
    const part = this.#point.partOf(index);
    this.#stencil = this.#stencils.get(part)!;
    this.#start = part.start;
    this.#stencil.place(index - part.start);
    this.first = this.#stencil.first;
    this.second = this.#stencil.second;
  }

  get hasSecond(): boolean {
    return this.#stencil.hasSecond;
  }

  slope(first: number, second: number, here: number): number {
    try {
      return this.#stencil.slope(first, second, here);
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      throw new FunctionError(error.message, error.index + this.#start, { value: error.value });
    }
  }
}

/** The limits of a tree. */
class TreeLimits implements AnyLimits {
  readonly #point: TreePoint;
  readonly #limits: ReadonlyMap<Part, Limits>;

  constructor(bounds: TreeBounds, point: TreePoint) {
    const all = partBounds(bounds, point)!;
    this.#point = point;
    this.#limits = new Map(point.parts.map((part, k) => [part, new Limits(all[k]!, baseOf(part, point))]));
  }

  lower(index: number): number {
    const part = this.#point.partOf(index);
    return this.#limits.get(part)!.lower(index - part.start);
  }

  upper(index: number): number {
    const part = this.#point.partOf(index);
    return this.#limits.get(part)!.upper(index - part.start);
  }
}

/** The stencil for x. @throws {ArgumentError} as the constructor of a Stencil. */
export function stencilFor(settings: AnySettings, point: Point | TreePoint): AnyStencil {
  return point instanceof Point ? new Stencil(settings as DifferenceSettings, point) : new TreeStencil(settings, point);
}

/** The limits of x. @throws {ArgumentError} as the constructor of Limits. */
export function limitsFor(bounds: TreeBounds, point: Point | TreePoint): AnyLimits {
  return point instanceof Point ? new Limits(bounds as never, point) : new TreeLimits(bounds, point);
}

/** A part as messages show it where arguments are checked: `x.layers[1].w[3, 17]`. */
function baseOf({ point, start, leaf }: Part, tree: TreePoint): BasePoint {
  const label = (index: number) => `x${leaf.path}${tree.placeOf(start + index)}`;
  return { input: point.input, name: point.name, elements: point.elements, single: point.single, label };
}

/** The bounds of each part. */
function partBounds(bounds: TreeBounds | undefined, { tree }: TreePoint): Bounds[] | undefined {
  if (bounds === undefined) return undefined;
  const [lowers, uppers] = readPair(bounds).map((limit, side) =>
    tree.valuesOf(`options.bounds[${side}]`, limit, true),
  ) as [unknown[], unknown[]];
  return lowers.map((lower, k) => [lower, uppers[k]] as Bounds);
}
