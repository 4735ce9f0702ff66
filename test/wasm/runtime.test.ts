import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";

const core = new URL("../../packages/numgrad/src/wasm/generated/core_bg.wasm", import.meta.url);

/** The runtime as in a new page, where the core has not been started. */
async function freshRuntime() {
  vi.resetModules();
  return await import("../../packages/numgrad/src/wasm/runtime.js");
}

/** Simulates a platform whose `WebAssembly.Module` calls `compile` for bytes. */
function compilesBy(compile: (bytes: Uint8Array) => WebAssembly.Module): void {
  const { Module } = WebAssembly;
  class Stub {
    static exports = Module.exports;
    static imports = Module.imports;
    constructor(bytes: Uint8Array) {
      // biome-ignore lint/correctness/noConstructorReturn: takes the place of a constructor of the platform
      return compile(bytes);
    }
    static [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Module;
    }
  }
  vi.stubGlobal("WebAssembly", Object.create(WebAssembly, { Module: { value: Stub } }));
}

/** Simulates a platform on which compiling throws `error`. */
function compilingThrows(error: Error): void {
  compilesBy(() => {
    throw error;
  });
}

afterEach(() => vi.unstubAllGlobals());

describe("the core starts from its hexadecimal digits", () => {
  const { Module } = WebAssembly;
  const native = Object.getOwnPropertyDescriptor(Uint8Array, "fromHex");
  const setFromHex = (fromHex: ((text: string) => Uint8Array) | undefined) =>
    Object.defineProperty(Uint8Array, "fromHex", { value: fromHex, configurable: true, writable: true });
  afterEach(() => {
    if (native) Object.defineProperty(Uint8Array, "fromHex", native);
    else setFromHex(undefined);
  });

  /** The bytes from which the core is compiled. */
  async function compiledBytes(): Promise<Uint8Array> {
    let compiled: Uint8Array | undefined;
    compilesBy((bytes) => {
      compiled = bytes.slice();
      return new Module(bytes.slice());
    });
    const { core } = await freshRuntime();
    core();
    vi.unstubAllGlobals();
    return new Uint8Array(compiled ?? expect.fail("nothing was compiled"));
  }
  const expected = new Uint8Array(readFileSync(core));

  test("by Uint8Array.fromHex", async () => {
    const fromHex = vi.fn((text: string) => new Uint8Array(Buffer.from(text, "hex")));
    setFromHex(fromHex);
    expect(await compiledBytes()).toEqual(expected);
    expect(fromHex).toHaveBeenCalledTimes(1);
  });

  test("by Node's Buffer", async () => {
    setFromHex(undefined);
    const from = vi.spyOn(Buffer, "from");
    expect(await compiledBytes()).toEqual(expected);
    expect(from).toHaveBeenCalledWith(expect.any(String), "hex");
    from.mockRestore();
  });

  test("by a loop if there is neither", async () => {
    setFromHex(undefined);
    vi.stubGlobal("Buffer", undefined);
    expect(await compiledBytes()).toEqual(expected);
  });
});

describe("if compiling is forbidden, a CoreError names the remedy:", () => {
  test.each([
    [
      "Chromium",
      "WebAssembly.Module(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because 'unsafe-eval' is not an allowed source of script in the following Content Security Policy directive: \"script-src 'self'\".",
    ],
    ["Firefox", "call to WebAssembly.Module() blocked by CSP"],
    [
      "Safari",
      "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script",
    ],
  ])("the directive, in %s", async (_, message) => {
    const cause = new WebAssembly.CompileError(message);
    compilingThrows(cause);
    const { core } = await freshRuntime();
    expect(core).toThrow(
      expect.objectContaining({
        name: "CoreError",
        message: expect.stringMatching(/Content-Security-Policy .*script-src.* 'wasm-unsafe-eval'/),
        cause,
      }),
    );
  });

  test("init(), on Cloudflare Workers", async () => {
    compilingThrows(new WebAssembly.CompileError("WebAssembly.Module(): Wasm code generation disallowed by embedder"));
    const { core } = await freshRuntime();
    expect(core).toThrow(/numgrad\/core\.wasm .*init\(\)/);
  });

  test("and a module that was compiled elsewhere can still start the core", async () => {
    const module = new WebAssembly.Module(readFileSync(core));
    compilingThrows(new WebAssembly.CompileError("blocked by CSP"));
    const { core: start, init } = await freshRuntime();
    expect(start).toThrow(/Content-Security-Policy/);
    init(module);
    expect(start().memory).toBeInstanceOf(WebAssembly.Memory);
  });

  test.each([
    ["core()", (runtime: typeof import("../../packages/numgrad/src/wasm/runtime.js")) => runtime.core()],
    [
      "init()",
      (runtime: typeof import("../../packages/numgrad/src/wasm/runtime.js")) => runtime.init(new Uint8Array(8)),
    ],
  ])("nothing, where there is no WebAssembly at all: %s", async (_, start) => {
    vi.stubGlobal("WebAssembly", undefined);
    const runtime = await freshRuntime();
    expect(() => start(runtime)).toThrow(
      expect.objectContaining({
        name: "CoreError",
        message: "the WebAssembly core could not start: this platform, like React Native, has no WebAssembly",
      }),
    );
  });

  test("for another failure, the error keeps the engine's message", async () => {
    compilingThrows(new RangeError("could not allocate memory"));
    const { core } = await freshRuntime();
    expect(core).toThrow("the WebAssembly core could not start: could not allocate memory");
  });
});
