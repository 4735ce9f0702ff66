// The program of a worker: a member of a team that does what the first thread commands. The build makes one text of it,
// `workerSource`. So that the text is short, it calls the functions of the WebAssembly module without wasm-bindgen's glue.
import { readLayout } from "../wasm/memory-view.js";
import { failTeam, Member, type MemberSession } from "./member.js";
import { ALLOCATE, COUNT, CREATE, DESCEND, IMAGES, LIST, PIXELS, PUSH, type Shared, TRANSFER } from "./shared.js";

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
  const { shape, words, real } = shared;
  const exports = instantiate(module);
  const memory = exports.memory as unknown as WebAssembly.Memory;
  /** Addresses of the objects that list images. */
  const lists: number[] = [];
  const { inputSize, hiddenSize, outputSize } = shape;
  const address = exports.rawsession_create!(inputSize, hiddenSize, outputSize);
  if (!address) throw new Error("there is not enough WebAssembly memory");
  const session = methods(exports, address);
  const member = new Member(shared, number, { memory, session });

  /** Copies numbers that the first thread has put into the shared memory into the core. */
  function copy(name: "labels" | "pixels" | "numbers" | "targets" | "indices", address: number, length: number): void {
    const { buffer, BYTES_PER_ELEMENT } = shared[name];
    new Uint8Array(memory.buffer, address).set(new Uint8Array(buffer, 0, length * BYTES_PER_ELEMENT));
  }

  /** Copies labels and inputs into the buffers of an object. */
  function fill(layout: Record<"labels" | "pixels" | "numbers", number>, isPixels: boolean, rows: number): void {
    const name = isPixels ? "pixels" : "numbers";
    copy("labels", layout.labels, rows);
    copy(name, layout[name], rows * inputSize);
  }

  /** Stages samples. */
  function stage(form: number, rows: number, list: number): number {
    const layout = readLayout(memory, session, shared.sessionLayout);
    if (form === IMAGES) {
      copy("indices", layout.indices, rows);
      return session.stage_images(lists[list]!, rows);
    }
    fill(layout, form === PIXELS, rows);
    copy("targets", layout.targets, rows * outputSize);
    return form === PIXELS ? session.stage_pixels(rows) : Math.max(0, session.stage_values(rows));
  }

  /** A call of the object that lists images; whether it has succeeded. */
  function list(number: number, call: number, rows: number, images: number, form: number): unknown {
    if (call === CREATE) lists[number] = exports.rawimages_create!(inputSize, images, form);
    const raw = lists[number]!;
    if (call === CREATE) return raw;
    if (call === ALLOCATE) return exports.rawimages_allocate!(raw);
    fill(readLayout(memory, { layout: exports.rawimages_layout!(raw) }, shared.imagesLayout), form === PIXELS, rows);
    if (form !== PIXELS && !exports.rawimages_encode!(raw, rows)) return false;
    if (call === PUSH) return exports.rawimages_push!(raw, rows);
    exports.rawimages_count!(raw, rows);
    return true;
  }

  say("ready");
  for (let command = 1; ; command++) {
    member.awaitCommand(command - 1);
    const [name, a, b, c, d, e] = words as unknown as [number, number, number, number, number, number];
    const [h] = real as unknown as [number];
    if (name === DESCEND) member.descend(command, h);
    else if (name === TRANSFER) member.transfer(a ? "params" : "grads", b > 0, c > 0);
    else if (name === COUNT) {
      member.count(b, c, (from, to) => session.count_correct_images(lists[a]!, from, to));
    } else if (name === LIST) {
      if (!list(a, b, c, d, e)) member.refuse(command);
      member.barrier();
    } else {
      const rows = stage(a, b, c);
      member.begin(name, rows);
      // The first thread may have found a number that is not finite.
      if (!member.isRefused(command)) member.finish(name, h, d === 0, d + rows === e, e);
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
function methods(exports: Exports, address: number): Calls {
  const calls: Record<string, unknown> = { layout: exports.rawsession_layout!(address) };
  for (const [name, call] of Object.entries(exports))
    calls[name.split("rawsession_")[1] ?? ""] ??= call.bind?.(null, address);
  return calls as unknown as Calls;
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
