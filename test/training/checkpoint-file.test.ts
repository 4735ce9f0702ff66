import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { watch } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  ArgumentError,
  type Checkpoint,
  DataFormatError,
  DataNotFoundError,
  FileWriteError,
  pixels,
  RandomState,
  SGD,
  type TrainOptions,
  TwoLayerNet,
  train,
} from "numgrad";
import {
  type ArrayInput,
  applyParams,
  encodeCheckpoint,
  encodeSafetensors,
  loadCheckpoint,
  parseCheckpoint,
  parseSafetensors,
  saveCheckpoint,
} from "numgrad/files";
import { describe, expect, test } from "vitest";
import { fingerprintOf } from "../../packages/numgrad/src/training/checkpoint-file.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { rejectionOf, thrownBy } from "../support/thrown.js";

const samples = (() => {
  const random = new RandomState(1);
  return { x: pixels([40, 6], Uint8Array.from(random.randint(0, 256, 240))), t: random.randint(0, 3, 40) };
})();

const net = (random: number) => new TwoLayerNet({ inputSize: 6, hiddenSize: 4, outputSize: 3, random });

const options = (more: TrainOptions = {}): TrainOptions => ({ steps: 12, batchSize: 15, random: 1, ...more });

async function checkpoint(more: TrainOptions = {}, data: Parameters<typeof train>[1] = { train: samples }) {
  const run = train(net(0), data, options(more));
  for await (const { step } of run) if (step === 6) break;
  return run.checkpoint();
}

describe("a checkpoint is the same after writing and reading its file", () => {
  const optimizer = {
    update: () => {},
    getState: () => ({ velocity: Float64Array.of(0.1, -0), __proto: "x", beta: 0.9, on: true }),
    setState: () => {},
  };
  test.each<[string, TrainOptions, boolean]>([
    ["with replacement", {}, false],
    ["in the middle of an epoch", { sampling: "shuffle" }, false],
    ["with test data", { evaluateEvery: 1 }, true],
    ["without losses and evaluations", { recordLoss: false, evaluateEvery: false }, true],
    ["with an optimizer's state", { optimizer }, false],
    ["with another learning rate and step", { optimizer: new SGD({ learningRate: 1 / 3 }), h: 1 / 7 }, false],
    ["with a normal value that waits", { random: waiting() }, false],
  ])("%s", async (_, more, withTest) => {
    const saved = await checkpoint(more, withTest ? { train: samples, test: samples } : { train: samples });
    expect(parseCheckpoint(encodeCheckpoint(saved))).toEqual(saved);
    const noted = { ...saved, notes: { seed: "7", "": "ä\ud800\n", __proto: "{}" } };
    expect(parseCheckpoint(encodeCheckpoint(noted))).toEqual(noted);
  });

  function waiting(): RandomState {
    const random = new RandomState(3);
    random.randn();
    return random;
  }

  test("on the disk too, and the resumed run has the same bits as one that was not stopped", async () => {
    const path = join(temporaryDirectory({}), "run.checkpoint");
    const whole = net(0);
    const expected = await train(whole, { train: samples }, options({ sampling: "shuffle" })).finish();
    await saveCheckpoint(path, await checkpoint({ sampling: "shuffle" }));
    const network = net(5);
    const resume = await loadCheckpoint(path);
    const history = await train(network, { train: samples }, options({ sampling: "shuffle", resume })).finish();
    expect([history, network.params.toArrays()]).toEqual([expected, whole.params.toArrays()]);
    expect(readdirSync(join(path, ".."))).toEqual(["run.checkpoint"]);
  });

  test("and the file is a file of parameters as well", async () => {
    const saved = await checkpoint();
    const network = net(5);
    applyParams(encodeCheckpoint(saved), network);
    expect(network.params.toArrays()).toEqual(saved.params);
  });
});

describe("a checkpoint that numgrad 0.1.0 has written", () => {
  const read = (name: string) =>
    new Uint8Array(readFileSync(new URL(`checkpoints/${name}.checkpoint`, import.meta.url)));

  test.each(["sgd", "optimizer"])("is read, and written with the same bytes: %s", (name) => {
    const bytes = read(name);
    expect(encodeCheckpoint(parseCheckpoint(bytes))).toEqual(bytes);
  });

  test("has the bytes of the same run today, times apart", async () => {
    const more = { sampling: "shuffle", evaluateEvery: 3 } as const;
    const { history, ...rest } = await checkpoint(more, { train: samples, test: samples });
    // A later version makes the same steps, but says its own number.
    const version = "0.1.0";
    const bytes = read("sgd");
    const { times, elapsed } = parseCheckpoint(bytes).history;
    const notes = { program: "a test", seed: "1" };
    expect(encodeCheckpoint({ ...rest, version, history: { ...history, times, elapsed }, notes })).toEqual(bytes);
  });

  test("with an optimizer's state has all that the run had", () => {
    const { step, options, optimizer, history } = parseCheckpoint(read("optimizer"));
    expect({ step, options, optimizer }).toEqual({
      step: 7,
      options: {
        gradient: "backprop",
        steps: 12,
        batchSize: 15,
        sampling: "replacement",
        recordLoss: "before",
        evaluateEvery: false,
        h: 1 / 7,
      },
      optimizer: { state: { velocity: Float64Array.of(0.1, -0), beta: 0.9, on: true, kind: "momentum" } },
    });
    expect(history.losses).toHaveLength(7);
  });
});

describe("an incomplete or damaged checkpoint is refused", () => {
  /** A file with changed metadata and the old fingerprint. */
  async function changed(change: (metadata: Map<string, string>) => void): Promise<Uint8Array> {
    const { tensors, metadata } = parseSafetensors(encodeCheckpoint(await checkpoint()));
    change(metadata);
    return encodeSafetensors(tensors, { metadata });
  }

  test.each<[RegExp, (metadata: Map<string, string>) => void]>([
    [/not a checkpoint: expected the format numgrad checkpoint 1, got undefined/, (m) => m.delete("format")],
    [/got "numgrad checkpoint 2"/, (m) => m.set("format", "numgrad checkpoint 2")],
    [/damaged: its fingerprint is another/, (m) => m.delete("fingerprint")],
    [/damaged/, (m) => m.set("step", "6")],
  ])("%s", async (message, change) => {
    const bytes = await changed(change);
    expect(thrownBy(DataFormatError, () => parseCheckpoint(bytes)).message).toMatch(message);
  });

  test("a file whose times are missing or impossible", async () => {
    const { tensors, metadata } = parseSafetensors(encodeCheckpoint(await checkpoint({ evaluateEvery: 3 })));
    const reasonWith = (times: Float64Array | undefined, elapsed: string) => {
      const changed = new Map([...tensors].filter(([name]) => name !== "times"));
      if (times) changed.set("times", { dtype: "float64", shape: [times.length], data: times });
      const texts = new Map([...metadata, ["elapsed", elapsed]]);
      texts.set("fingerprint", fingerprintOf({ tensors: changed, metadata: texts }));
      return thrownBy(DataFormatError, () => parseCheckpoint(encodeSafetensors(changed, { metadata: texts }))).reason;
    };
    const three = Float64Array.of(1, 2, 3);
    expect(reasonWith(undefined, "9")).toBe("checkpoint.times: expected a tensor, got none");
    expect(reasonWith(three.subarray(1), "9")).toMatch(/^checkpoint\.history\.times: expected 3 times/);
    expect(reasonWith(Float64Array.of(1, 3, 2), "9")).toMatch(
      /^checkpoint\.history\.times\[2\]: .* from 3 to 9, got 2$/,
    );
    expect(reasonWith(Float64Array.of(1, Number.NaN, 2), "9")).toMatch(/^checkpoint\.history\.times\[1\]: .* got NaN$/);
    expect(reasonWith(three, "2.5")).toMatch(/^checkpoint\.history\.times\[2\]: .* from 2 to 2\.5, got 3$/);
    for (const elapsed of ["null", "-1", "1e999", '"9"', "[9]"]) {
      expect(reasonWith(three, elapsed)).toMatch(/^checkpoint\.history\.elapsed: expected a number of milliseconds/);
    }
    expect(reasonWith(three, "")).toMatch(/JSON/);
  });

  describe("a forged file, whose fingerprint is right, costs no more memory than its bytes", () => {
    const forged = async (tensor: [string, ArrayInput] | undefined, ...texts: [string, string][]) => {
      const { tensors, metadata } = parseSafetensors(encodeCheckpoint(await checkpoint({ evaluateEvery: 3 })));
      const file = encodeSafetensors(new Map<string, ArrayInput>([...tensors, ...(tensor ? [tensor] : [])]));
      const changed = { tensors: parseSafetensors(file).tensors, metadata: new Map([...metadata, ...texts]) };
      changed.metadata.set("fingerprint", fingerprintOf(changed));
      const bytes = encodeSafetensors(changed.tensors, { metadata: changed.metadata });
      const before = process.memoryUsage().heapUsed;
      const { reason } = thrownBy(DataFormatError, () => parseCheckpoint(bytes));
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000 + 8 * bytes.length);
      return reason;
    };

    test.each([[[1e6, 3, 0]], [[1e8, 3, 0]], [[1e8, 4, 0]], [[3, 1e8, 0]], [[0]]])(
      "evaluations of shape %j",
      async (shape) => {
        expect(await forged(["evaluations", { shape, data: new Float64Array(0) }])).toBe(
          `checkpoint.evaluations: expected a matrix of 3 or 4 columns, got shape [${shape.join(", ")}]`,
        );
      },
    );

    test.each(["W1", "b1", "W2", "b2", "losses", "times", "random", "order"])("%s without bytes", async (name) => {
      await forged([
        name,
        { shape: [1e8, 1e7, 0], data: name === "random" ? new Uint32Array(0) : new Float64Array(0) },
      ]);
    });

    test.each(["random", "optimizer", "notes", "options", "data", "elapsed", "step"])(
      "a long text or array for %s",
      async (key) => {
        const length = 1_000_000;
        for (const text of [`"${"a".repeat(length)}"`, `[${"0,".repeat(length)}0]`]) {
          await forged(undefined, [key, text]);
          if (key === "optimizer") await forged(undefined, [key, `{"state":${text}}`]);
        }
      },
    );
  });

  test("a file with a changed bit anywhere, and a file that ends anywhere too early", async () => {
    const bytes = encodeCheckpoint(await checkpoint({ sampling: "shuffle" }));
    const random = new RandomState(6);
    for (let i = 0; i < 2000; i++) {
      const at = random.randint(0, bytes.length);
      const [copy, bit] = [bytes.slice(), random.randint(0, 8)];
      copy[at]! ^= 1 << bit;
      // A changed bit may turn a blank at the end of the header into another blank. Then the checkpoint is the same.
      try {
        expect(parseCheckpoint(copy)).toEqual(parseCheckpoint(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(DataFormatError);
      }
      thrownBy(DataFormatError, () => parseCheckpoint(bytes.subarray(0, at)));
    }
  });

  test("a missing file, or a file of another kind, and the error names it", async () => {
    const path = join(temporaryDirectory({}), "run.checkpoint");
    expect((await rejectionOf(DataNotFoundError, loadCheckpoint(path))).source).toBe(path);
    writeFileSync(path, encodeSafetensors({}));
    expect((await rejectionOf(DataFormatError, loadCheckpoint(path))).source).toBe(path);
    writeFileSync(path, encodeCheckpoint(await checkpoint()));
    await rejectionOf(DataFormatError, loadCheckpoint(path, { memoryLimit: 100 }));
    await rejectionOf(ArgumentError, loadCheckpoint(path, { limit: 100 } as never));
  });

  test("when it is to be written, before anything is written", async () => {
    const saved = await checkpoint();
    const path = join(temporaryDirectory({}), "run.checkpoint");
    const wrong = { ...saved, step: -1 };
    expect((await rejectionOf(ArgumentError, saveCheckpoint(path, wrong))).argument).toBe("checkpoint.step");
    await rejectionOf(ArgumentError, saveCheckpoint(path, undefined as never));
    const half = { ...saved, version: "\ud800" };
    expect((await rejectionOf(ArgumentError, saveCheckpoint(path, half))).argument).toBe("checkpoint.version");
    expect(readdirSync(join(path, ".."))).toEqual([]);
    await rejectionOf(FileWriteError, saveCheckpoint(join(path, "no", "folder"), saved));
  });
});

/** Waits until a temporary file is made in a directory. */
async function temporaryFile(directory: string): Promise<void> {
  for await (const { filename } of watch(directory)) if (filename?.endsWith(".tmp")) return;
}

/**
 * Number of processes. Each takes 0.1 s of a processor core to start. NUMGRAD_KILLS=1000 makes the test more thorough.
 */
const KILLS = Number(process.env.NUMGRAD_KILLS ?? 30);

/** Number of processes at a time. */
const LANES = 3;

const KILLED = `${KILLS} processes are killed while they write, and every time the file is a whole checkpoint`;
// On a machine with ten busy processes a start takes half a second.
test(KILLED, { timeout: 60_000 + 1500 * KILLS }, async () => {
  const writer = fileURLToPath(new URL("checkpoint-writer.mjs", import.meta.url));
  const network = new TwoLayerNet({ inputSize: 784, hiddenSize: 10, outputSize: 10, random: 0 });
  const images = { x: pixels([2, 784], new Uint8Array(2 * 784)), t: [3, 4] };
  const first: Checkpoint = train(network, { train: images }, { random: 0 }).checkpoint();
  first.params.w1.fill(0);
  const random = new RandomState(9);
  let [kills, interrupted] = [0, 0];
  const lane = async () => {
    const directory = temporaryDirectory({ "run.checkpoint": encodeCheckpoint({ ...first, version: "0" }) });
    const path = join(directory, "run.checkpoint");
    for (let reached = 0; kills < KILLS; ) {
      kills++;
      const child = spawn(process.execPath, [writer, path, path], { stdio: ["ignore", "pipe", "inherit"] });
      const closed = once(child, "close");
      await once(child.stdout, "data");
      // Every second process is killed at any moment, the others soon after they have made a temporary file, which
      // holds only a piece of a checkpoint then.
      if (kills % 2 === 0) await setTimeout(15 * random.random());
      else await temporaryFile(directory);
      child.kill("SIGKILL");
      expect((await closed)[1]).toBe("SIGKILL");
      const { version, params } = await loadCheckpoint(path);
      expect(params.w1.every((value) => value === Number(version))).toBe(true);
      expect(Number(version)).toBeGreaterThan(reached);
      reached = Number(version);
    }
    // Each process that was killed between making its temporary file and renaming it has left that file behind.
    interrupted += readdirSync(directory).length - 1;
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  console.log(`${kills} processes killed, ${interrupted} of them before the temporary file was renamed`);
  expect(interrupted).toBeGreaterThan(0);
});
