import type {
  RawFunctions as FunctionsDeclaration,
  RawImages as ImagesDeclaration,
  RawRandom as RandomDeclaration,
  RawSession as SessionDeclaration,
} from "./generated/core.js";
import { instantiate } from "./instance.js";

/**
 * A method of the core, from the declaration that wasm-bindgen writes for it: an object is given by its address, and a
 * result is a number, 1 for true and 0 for false.
 */
type Method<M> = M extends (...values: infer Values) => infer Result
  ? (
      ...values: { [I in keyof Values]: Values[I] extends number | boolean ? Values[I] : number }
    ) => Result extends boolean ? number : Result
  : M;

/** An object of the core, with the methods that are declared for it. */
type CoreObject<Declaration> = {
  readonly [Name in Exclude<keyof Declaration, "free" | symbol>]: Method<Declaration[Name]>;
} & {
  readonly address: number;
  /** Gives the memory back. The object must not be used any more. */
  free(): void;
};

/** A class of the core. */
interface CoreClass<Sizes extends unknown[], Instance, Missing = never> {
  /** Makes an object. Where `undefined` is declared as a result, memory may be too short. */
  create(...sizes: Sizes): Instance | Missing;
  readonly prototype: Instance;
}

export type RawFunctions = CoreObject<FunctionsDeclaration>;
export type RawImages = CoreObject<ImagesDeclaration>;
export type RawRandom = CoreObject<RandomDeclaration>;
export type RawSession = CoreObject<SessionDeclaration>;

/** What JavaScript calls in one instance of the core. */
export interface Glue {
  readonly memory: WebAssembly.Memory;
  readonly RawFunctions: CoreClass<[], RawFunctions>;
  readonly RawImages: CoreClass<Parameters<typeof ImagesDeclaration.create>, RawImages, undefined>;
  readonly RawRandom: CoreClass<[], RawRandom>;
  readonly RawSession: CoreClass<Parameters<typeof SessionDeclaration.create>, RawSession, undefined>;
  /** Bytes of all live allocations. */
  liveBytes(): number;
  /** Number of live networks. */
  liveSessions(): number;
  /** Says that the instance has failed: the garbage collector then no longer frees objects in it. */
  abandon(): void;
}

/**
 * Starts an instance of the core, and makes classes of its functions by their names: `rawsession_begin` becomes the method
 * `begin` of `RawSession`. wasm-bindgen's own glue is five times as long, and has one instance only.
 */
export function createGlue(module: WebAssembly.Module): Glue {
  const { exports, memory } = instantiate(module);
  let isAbandoned = false;

  function classOf(type: string): CoreClass<never[], never> {
    const prefix = `${type.toLowerCase()}_`;
    // wasm-bindgen's function that frees an object. The build removes that of objects which live as long as the instance.
    const free = exports[`__wbg_${prefix}free`];
    // Some platforms have no FinalizationRegistry.
    const registry =
      free && globalThis.FinalizationRegistry
        ? new FinalizationRegistry((address: number) => isAbandoned || free(address, 1))
        : undefined;

    class RawObject {
      /** Where the object is; 0, which the core refuses, after `free`. */
      address: number;

      constructor(address: number) {
        this.address = address;
        registry?.register(this, address, this);
      }

      static create(...sizes: number[]): RawObject | undefined {
        const address = exports[`${prefix}create`]!(...sizes);
        return address ? new RawObject(address) : undefined;
      }

      get layout(): number {
        return exports[`${prefix}layout`]!(this.address);
      }

      free(): void {
        const { address } = this;
        this.address = 0;
        registry?.unregister(this);
        if (address && !isAbandoned) free?.(address, 0);
      }
    }

    const { prototype } = RawObject;
    for (const [name, call] of Object.entries(exports)) {
      const method = name.slice(prefix.length);
      if (!name.startsWith(prefix) || Object.hasOwn(prototype, method) || Object.hasOwn(RawObject, method)) continue;
      const value = function (this: RawObject, ...values: number[]) {
        return call(this.address, ...values);
      };
      Object.defineProperty(prototype, method, { value, configurable: true, writable: true });
    }
    return RawObject as never;
  }
  return {
    memory,
    RawFunctions: classOf("RawFunctions"),
    RawImages: classOf("RawImages"),
    RawRandom: classOf("RawRandom"),
    RawSession: classOf("RawSession"),
    liveBytes: () => exports.live_bytes!() >>> 0,
    liveSessions: () => exports.live_sessions!(),
    abandon: () => {
      isAbandoned = true;
    },
  };
}
