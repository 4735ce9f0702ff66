/** The functions of the core's module by their names. Objects are addresses, and 0 is none. */
export type Exports = Record<string, (...values: (number | boolean)[]) => number>;

/** Starts an instance of a module. */
export function instantiate(module: WebAssembly.Module): {
  readonly exports: Exports;
  readonly memory: WebAssembly.Memory;
} {
  const imports: Record<string, Record<string, () => void>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    // What the core imports raises errors of wasm-bindgen. It traps after them.
    imports[from] = { ...imports[from], [name]: () => {} };
  }
  const all = Object.entries(new WebAssembly.Instance(module, imports).exports);
  const functions = all.filter(([, value]) => typeof value === "function");
  const [, memory] = all.find(([name]) => name === "memory")!;
  return { exports: Object.fromEntries(functions) as Exports, memory: memory as WebAssembly.Memory };
}
