// The program of a worker: a member of a team that does what the first thread commands. The build makes one text of it,
// `workerSource`. So that the text is short, it calls the functions of the WebAssembly module without wasm-bindgen's glue.
import { IMAGES_LAYOUT, SESSION_LAYOUT } from "../wasm/layouts.js";
import { readLayout } from "../wasm/memory-view.js";
import { failTeam, Member, type MemberSession } from "./member.js";
import { COMMAND, LISTING, type Shared, SOURCE } from "./shared.js";

/** What a worker is started with. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly shared: Shared;
  /** The number of the member. */
  readonly number: number;
}

/** The functions of the module; objects are addresses, and 0 is none. */
type Exports = Record<string, (...args: (number | boolean)[]) => number>;

type Calls = MemberSession & {
  stage_images(images: number, rows: number): number;
  stage_pixels(rows: number): number;
  stage_values(rows: number): number;
  count_correct_images(images: number, from: number, to: number): number;
};

/** Makes the core's objects, says that it is ready, and obeys until the end. */
function work({ module, shared, number }: WorkerStart, say: (message: string) => void): void {
  const { shape, words, real, numbers, pixels, indices, labels, targets } = shared;
  const { inputSize, outputSize } = shape;
  const exports = instantiate(module);
  const memory = exports.memory as unknown as WebAssembly.Memory;
  /** Addresses of the objects that list images. */
  const lists: number[] = [];
  const session = check(exports.rawsession_create!(inputSize, shape.hiddenSize, outputSize));
  const calls = methods<Calls>(exports, session);
  const layout = readLayout(memory, calls, SESSION_LAYOUT);
  const member = new Member(shared, number, { memory, session: calls });

  /** Copies the first numbers of an array into the core. */
  function copy(from: Float64Array | Uint8Array | Uint32Array, length: number, address: number): void {
    const bytes = new Uint8Array(from.buffer, from.byteOffset, length * from.BYTES_PER_ELEMENT);
    new Uint8Array(memory.buffer, address).set(bytes);
  }

  function stage(source: number, rows: number, list: number): number {
    if (source === SOURCE.images) {
      copy(indices, rows, layout.indices);
      return calls.stage_images(lists[list]!, rows);
    }
    copy(labels, rows, layout.labels);
    copy(targets, rows * outputSize, layout.targets);
    if (source === SOURCE.pixels) {
      copy(pixels, rows * inputSize, layout.pixels);
      return calls.stage_pixels(rows);
    }
    copy(numbers, rows * inputSize, layout.values);
    return Math.max(0, calls.stage_values(rows));
  }

  /** A call of the object that lists images; whether it has succeeded. */
  function list(number: number, call: number, rows: number, images: number, asNumbers: number): unknown {
    if (call === LISTING.create) {
      lists[number] = exports.rawimages_create!(inputSize, images, asNumbers);
      return lists[number];
    }
    const raw = lists[number]!;
    if (call === LISTING.allocate) return exports.rawimages_allocate!(raw);
    const layout = readLayout(memory, { layout: exports.rawimages_layout!(raw) }, IMAGES_LAYOUT);
    copy(labels, rows, layout.labels);
    if (asNumbers) {
      copy(numbers, rows * inputSize, layout.numbers);
      if (!exports.rawimages_encode!(raw, rows)) return false;
    } else copy(pixels, rows * inputSize, layout.pixels);
    if (call === LISTING.push) return exports.rawimages_push!(raw, rows);
    exports.rawimages_count!(raw, rows);
    return true;
  }

  say("ready");
  for (let last = 0; ; last++) {
    member.awaitCommand(last);
    const [command, a, b, c, d, e] = words as unknown as [number, number, number, number, number, number];
    const [h] = real as unknown as [number];
    if (command === COMMAND.descend) member.descend(last + 1, h);
    else if (command === COMMAND.transfer) member.transfer(a ? "params" : "grads", b > 0, c > 0);
    else if (command === COMMAND.count) {
      member.count(b, c, (from, to) => calls.count_correct_images(lists[a]!, from, to));
    } else if (command === COMMAND.list) {
      if (!list(a, b, c, d, e)) member.refuse(last + 1);
      member.barrier();
    } else {
      const rows = stage(a, b, c);
      member.begin(command, rows);
      // The first thread may have found a number that is not finite.
      if (!member.isRefused(last + 1)) member.finish(command, h, d === 0, d + rows === e, e);
    }
  }
}

function instantiate(module: WebAssembly.Module): Exports {
  const imports: Record<string, Record<string, () => void>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    // What is imported raises errors of wasm-bindgen, after which the core traps, or is for values of JavaScript.
    imports[from] = { ...imports[from], [name]: () => {} };
  }
  return new WebAssembly.Instance(module, imports).exports as unknown as Exports;
}

/** The functions of the module that work on the object of a network. */
function methods<T>(exports: Exports, address: number): T {
  const calls = Object.entries(exports).flatMap(([name, call]) =>
    name.startsWith("rawsession_") ? [[name.slice(11), call.bind(null, address)]] : [],
  );
  return { ...Object.fromEntries(calls), layout: exports.rawsession_layout!(address) };
}

function check(address: number): number {
  if (!address) throw new Error("there is not enough WebAssembly memory for another thread");
  return address;
}

function start(parts: WorkerStart, say: (message: string) => void): void {
  try {
    work(parts, say);
  } catch (error) {
    say(String(error));
    failTeam(parts.shared);
  }
}

/** The parts of Node's and of the browsers' workers that are used here. */
interface WorkerScope {
  readonly process?: { getBuiltinModule?(name: string): unknown };
  postMessage?(message: string): void;
  onmessage?: ((event: { data: WorkerStart }) => void) | null;
}

const scope = globalThis as WorkerScope;
const threads = scope.process?.getBuiltinModule?.("node:worker_threads") as
  | { parentPort: { postMessage(message: string): void } | null; workerData: WorkerStart }
  | undefined;
if (threads?.parentPort) {
  const { parentPort } = threads;
  start(threads.workerData, (message) => parentPort.postMessage(message));
} else {
  scope.onmessage = ({ data }) => start(data, (message) => scope.postMessage?.(message));
}
