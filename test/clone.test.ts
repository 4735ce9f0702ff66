import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { HELP } from "../packages/train/src/options.js";
import { follow } from "../scripts/tools.mjs";
import { ROOT } from "./support/main-job.js";

// The commands in a clone in which nothing is installed or built, and on machines that lack something.

const folder = mkdtempSync(join(tmpdir(), "numgrad-clone-"));
const clone = join(folder, "numgrad");
/** What the commands would make. */
const MADE = ["node_modules", "target", ".tools", "packages/numgrad/dist"];

beforeAll(() => {
  const listed = spawnSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).stdout;
  for (const name of listed.split("\0").filter((name) => name !== "" && existsSync(join(ROOT, name)))) {
    cpSync(join(ROOT, name), join(clone, name));
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command in a folder. `PATH` alone decides which programs it finds. */
function run(cwd: string, command: string, args: string[], PATH = process.env.PATH): SpawnSyncReturns<string> {
  return spawnSync(command, args, { cwd, encoding: "utf8", env: { ...process.env, PATH, HOME: folder } });
}

let machines = 0;

/** A PATH with Node, with programs that print these lines, and with nothing else. */
function pathWith(programs: Readonly<Record<string, string>>): string {
  const bin = join(folder, `bin-${machines++}`);
  const scripts = { npx: 'echo "npx was called" >&2; exit 1', ...programs };
  cpSync("/bin/sh", join(bin, "sh"), { dereference: true });
  symlinkSync(process.execPath, join(bin, "node"));
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return bin;
}

describe("in a fresh clone", () => {
  test.each(["install", "ci"])("npm %s says what to do instead, and installs nothing", (command) => {
    const { status, stderr } = run(clone, "npm", [command, "--offline"]);
    expect(status).toBe(1);
    const lines = stderr.split("\n").filter((line) => line.startsWith("npm error"));
    expect(lines[1]).toMatch(/npm start and npm test set up everything by themselves, .* needs no npm install$/);
    // The first line is the code of the error, and the last one names npm's log.
    expect(lines.length).toBeLessThanOrEqual(3);
    expect(existsSync(join(clone, "node_modules"))).toBe(false);
  });

  test("--help and wrong options of the main job are answered without any set-up", () => {
    const start = (...args: string[]) => run(clone, "npm", ["--silent", "start", "--", ...args]);
    expect(start("--help")).toMatchObject({ status: 0, stdout: HELP, stderr: "" });
    expect(start("--step", "3")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: "Unknown option '--step' (--help lists the options)\n",
    });
    expect(start("--steps", "many")).toMatchObject({ status: 2, stderr: expect.stringMatching(/^--steps: expected/) });
    const forgotten = run(clone, "npm", ["--silent", "start", "--steps", "20", "--batch-size=5"]);
    expect(forgotten).toMatchObject({
      status: 2,
      stderr: "npm took --steps, --batch-size for itself: options come after --, as in npm start -- --steps …\n",
    });
    expect(MADE.filter((name) => existsSync(join(clone, name)))).toEqual([]);
  });

  const rust = { rustc: 'echo "rustc 1.95.0 (x 2026-01-01)"', cargo: "exit 0", rustup: "exit 0", cc: "exit 0" };
  const without = (name: keyof typeof rust) =>
    Object.fromEntries(Object.entries(rust).filter(([other]) => other !== name));

  test.each<[lack: string, programs: Record<string, string>, message: RegExp]>([
    ["Rust", without("rustc"), /^rustc is missing\. Install Rust with: curl .*\n$/],
    [
      "a default toolchain",
      { ...rust, rustc: "echo no default >&2; exit 1" },
      /^rustc does not run\. .*: rustup default stable\nno default\n$/,
    ],
    ["a new Rust", { ...rust, rustc: "echo rustc 1.70.0" }, /^Rust 1\.70\.0 is too old, numgrad needs .*\n$/],
    ["cargo", without("cargo"), /^cargo is missing\. Install Rust with: .*\n$/],
    ["rustup", without("rustup"), /^rustup, which adds the target wasm32-unknown-unknown, is missing\. .*\n$/],
    ["a linker", without("cc"), /^cc, the C linker that Rust needs, is missing\. .*\n$/],
  ])("a machine that lacks %s is told so before anything is installed", (_, programs, message) => {
    for (const script of ["scripts/setup.mjs", "scripts/start.mjs"]) {
      const { status, stdout, stderr } = run(clone, "node", [script], pathWith(programs));
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toMatch(message);
    }
    expect(MADE.filter((name) => existsSync(join(clone, name)))).toEqual([]);
  });

  test("on a machine that has everything the npm packages are installed first", () => {
    const { status, stdout, stderr } = run(clone, "node", ["scripts/setup.mjs"], pathWith(rust));
    expect(status).toBe(1);
    expect(stdout).toMatch(/^setup: installing the npm packages \(pnpm\) … failed after \d+\.\d s\n$/);
    expect(stderr).toMatch(/^npx .* failed:\nnpx was called\n$/);
  });
});

test("a built clone trains without Rust", () => {
  const PATH = pathWith({});
  const { status, stdout, stderr } = run(ROOT, "node", ["scripts/start.mjs", "--steps", "3", "--quiet"], PATH);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^Finished after 3 steps\.\n/);
});

describe("a long command", () => {
  async function printed(program: string): Promise<string> {
    let text = "";
    const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
      text += chunk;
      return true;
    });
    try {
      const progressOf = (line: string) => /^Compiling (.*)/.exec(line)?.[1];
      await follow("compiling", "node", ["-e", program], { progressOf, interval: 100 });
    } catch (error) {
      text += (error as Error).message;
    } finally {
      write.mockRestore();
    }
    return text;
  }

  test("shows signs of life, and how long it took", async () => {
    const text = await printed('console.error("Compiling talc\\nelse"); setTimeout(() => {}, 1000);');
    expect(text).toMatch(/^setup: compiling … (talc … )+\d+\.\d s\n$/);
  });

  test("that fails shows its whole output", async () => {
    const text = await printed('console.log("one"); console.error("two"); process.exitCode = 3;');
    expect(text).toMatch(/^setup: compiling … failed after \d+\.\d s\nnode -e .* failed:\n(one\ntwo|two\none)$/);
  });
});
