// The program of a worker: a member of a team that does what the first thread commands. The build makes one text of it,
// `workerSource`, and the entry `numgrad/worker` for workers that the caller makes.
import { VERSION } from "../version.js";
import { type Exports, instantiate } from "../wasm/instance.js";
import { readLayout } from "../wasm/memory-view.js";
import { failTeam, Member, type MemberSession } from "./member.js";
import { COUNT, CREATE, DESCEND, IMAGES, LIST, PIECES, PIXELS, type Shared, STAGED, TRANSFER } from "./shared.js";

/** The message that starts a worker. */
export interface WorkerStart {
  /** The version of the package that sends it. */
  readonly numgrad: string;
  readonly module: WebAssembly.Module;
  readonly shared: Shared;
  /** The number of the member. */
  readonly number: number;
}

/** What a worker says: that it is ready, or has failed. The field of the version keeps its name in later versions of the package. */
export interface WorkerAnswer {
  /** The version of the worker's program. A program of another version than the start does nothing else. */
  readonly numgrad: string;
  readonly error?: string;
}

type Calls = MemberSession & {
  stage_images(images: number, rows: number): number;
  stage_pixels(rows: number): number;
  stage_values(rows: number): number;
  count_correct_images(images: number, from: number, to: number): number;
};

/** Makes the core's objects, says that it is ready, and obeys until the end. */
function work({ module, shared, number }: WorkerStart, ready: () => void): void {
  const { shape, words, reals } = shared;
  const { exports, memory } = instantiate(module);
  /** Addresses of the objects of listed images. */
  const lists: number[] = [];
  const { inputSize, hiddenSize, outputSize } = shape;
  const address = exports.rawsession_create!(inputSize, hiddenSize, outputSize);
  if (!address) throw new Error("there is not enough WebAssembly memory");
  const session = methods(exports, address);
  const layout = readLayout(memory, session, shared.sessionLayout);
  const member = new Member(shared, number, { memory, session });

  /** Copies numbers that the first thread has put into the shared memory into the core. */
  function copy(name: "labels" | "pixels" | "numbers" | "targets" | "indices", address: number, length: number): void {
    const { buffer, BYTES_PER_ELEMENT } = shared[name];
    new Uint8Array(memory.buffer, address).set(new Uint8Array(buffer, 0, length * BYTES_PER_ELEMENT));
  }

  /** Stages samples. */
  function stage(form: number, rows: number, list: number): number {
    if (form === IMAGES) {
      copy("indices", layout.indices, rows);
      return session.stage_images(lists[list]!, rows);
    }
    const inputs = form === PIXELS ? "pixels" : "numbers";
    copy("labels", layout.labels, rows);
    copy(inputs, layout[inputs], rows * inputSize);
    copy("targets", layout.targets, rows * outputSize);
    return form === PIXELS ? session.stage_pixels(rows) : Math.max(0, session.stage_values(rows));
  }

  /** A call of the object of listed images; whether it has succeeded. */
  function list(number: number, call: number, a: number, b: number): unknown {
    lists[number] ??= exports.rawimages_create!(inputSize, a, 0);
    const raw = lists[number]!;
    if (call === CREATE) return raw && exports.rawimages_receive!(raw, b, 0);
    if (call === PIECES) exports.rawimages_receive!(raw, 0, a + b);
    const { pieces, palette } = readLayout(memory, { layout: exports.rawimages_layout!(raw) }, shared.imagesLayout);
    copy("pixels", (call === PIECES ? pieces : palette) + a, b);
    return true;
  }

  ready();
  for (let command = 0; ; ) {
    command = member.awaitCommand(command);
    const [name, a, b, c, d, e] = words as unknown as [number, number, number, number, number, number];
    const [real, update] = reals as unknown as [number, number];
    member.descend(update);
    if (name === DESCEND) member.tryDescend(real);
    else if (name === TRANSFER) member.transfer(a ? "params" : "grads", b > 0, c > 0);
    else if (name === COUNT) {
      member.count(b, c, (from, to) => session.count_correct_images(lists[a]!, from, to));
    } else if (name === LIST) {
      member.agree(Boolean(list(a, b, c, d)));
    } else {
      const rows = a === STAGED ? b : stage(a, b, c);
      if (member.begin(name, rows)) member.finish(name, real, d === 0, d + rows === e, e);
    }
  }
}

/** The functions of the module that work on the object of a network. */
function methods(exports: Exports, address: number): Calls {
  const calls: Record<string, unknown> = { layout: exports.rawsession_layout!(address) };
  for (const [name, call] of Object.entries(exports)) {
    const [, method] = name.split("rawsession_");
    if (method) calls[method] ??= call.bind(null, address);
  }
  return calls as unknown as Calls;
}

function start(message: Partial<WorkerStart> | null, say: (answer: WorkerAnswer) => void): void {
  // A worker of the caller may get other messages too.
  if (message?.numgrad === undefined) return;
  const ready = () => say({ numgrad: VERSION });
  const parts = message as WorkerStart;
  try {
    if (parts.numgrad === VERSION) work(parts, ready);
    else ready();
  } catch (error) {
    say({ numgrad: VERSION, error: String(error) });
    failTeam(parts.shared, String(error));
  }
}

/** The parts of Node's and of the browsers' workers that are used here. */
interface WorkerScope {
  readonly process?: { getBuiltinModule?(name: string): unknown };
  postMessage?(answer: WorkerAnswer): void;
  addEventListener?(event: "message", listener: (event: { data: Partial<WorkerStart> | null }) => void): void;
}

/** The port of a worker to the thread that has made it, in Node. */
interface ParentPort {
  on(event: "message", listener: (message: Partial<WorkerStart> | null) => void): void;
  postMessage(answer: WorkerAnswer): void;
}

const scope = globalThis as WorkerScope;
const threads = scope.process?.getBuiltinModule?.("node:worker_threads") as
  | { parentPort: ParentPort | null }
  | undefined;
const port = threads?.parentPort;
if (port) port.on("message", (message) => start(message, (answer) => port.postMessage(answer)));
else scope.addEventListener?.("message", ({ data }) => start(data, (answer) => scope.postMessage?.(answer)));
