import { ArgumentError, FunctionError } from "../errors.js";
import { type MovablePoint, shareMemory } from "./point.js";

/** The claims of all calls that have begun and not ended, in the order in which they began. */
const claims = /* @__PURE__ */ new Set<Claim>();

/** The claim whose f is being called at the moment, before its first `await`. */
let calling: Claim | undefined;

/**
 * The claim of an asynchronous gradient on the memory of x, from its beginning to its end. Two gradients that moved
 * the same x at once would each take the moves of the other for x. Only a gradient that f itself begins and awaits, an
 * inner one, may claim the memory of an outer one.
 */
export class Claim {
  readonly #point: MovablePoint;
  /** The claim of the gradient whose f has begun this one, if that claims the same memory. */
  readonly #outer: Claim | undefined;

  /** @throws {ArgumentError} if another gradient is moving the memory, and has not called this one from its f. */
  constructor(point: MovablePoint) {
    this.#point = point;
    const outers = new Set<Claim>();
    for (let claim = calling; claim; claim = claim.#outer) outers.add(claim);
    for (const other of claims) {
      if (!shareMemory(other.#point, point)) continue;
      if (outers.has(other)) {
        this.#outer = calling;
        continue;
      }
      const expected = "memory that no other call of numericalGradientAsync is moving (await it first, or pass a copy)";
      throw new ArgumentError(point.name, expected, "memory that one is moving");
    }
    claims.add(this);
  }

  /** Calls f, which may begin inner gradients. */
  call<X>(f: (x: X) => unknown, x: X): unknown {
    const before = calling;
    calling = this;
    try {
      return f(x);
    } finally {
      calling = before;
    }
  }

  /**
   * Checks after f is done that all inner gradients are done too, and that the outer one is not.
   *
   * @throws {FunctionError} if not. The gradients involved are then all ended by this error, and x has its bits again.
   */
  check(index: number): void {
    let isInner = false;
    for (const other of claims) {
      if (isInner && shareMemory(other.#point, this.#point)) throw this.#orderError(index);
      if (other === this) isInner = true;
    }
    if (this.isOrphan) throw this.#orderError(index);
  }

  /** Whether the outer gradient has ended, and has restored x. */
  get isOrphan(): boolean {
    return this.#outer !== undefined && !claims.has(this.#outer);
  }

  end(): void {
    claims.delete(this);
  }

  #orderError(index: number): FunctionError {
    return new FunctionError(
      `f must await each numericalGradientAsync that it calls for the same ${this.#point.name}`,
      index,
    );
  }
}
