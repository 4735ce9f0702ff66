import type { ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Skipped } from "./environment.js";
import { start, stop } from "./processes.js";
import { stepsAsJavaScript } from "./steps.js";

const CONSUMERS = fileURLToPath(new URL("consumers/", import.meta.url));

/** Longest time of a command in milliseconds. On a slow machine `next build` takes half of it. */
const PATIENCE = 240_000;

/** A consumer's project under the system's temporary folder, with numgrad installed from the tarball. */
export class Project {
  readonly directory: string;
  readonly #servers: ChildProcess[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Makes the project and installs its packages with npm.
   *
   * @throws {Skipped} if the registry cannot be reached.
   */
  static async create(name: string, tarball: string, packages: readonly string[]): Promise<Project> {
    const project = new Project(mkdtempSync(join(tmpdir(), `numgrad-${name}-`)));
    project.write("package.json", '{ "private": true, "type": "module" }\n');
    project.write("two-hundred-steps.js", stepsAsJavaScript());
    project.copy("every");
    const npm = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--save-exact", tarball, ...packages];
    try {
      await project.command("npm", npm);
    } catch (error) {
      project.remove();
      const code = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED)\b/.exec(String(error))?.[1];
      if (code) throw new Skipped(`npm cannot reach the registry (${code})`);
      throw error;
    }
    return project;
  }

  path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  /** Copies the files in a folder of `consumers/`. */
  copy(consumer: string, to = "."): void {
    cpSync(join(CONSUMERS, consumer), this.path(to), { recursive: true });
  }

  /** Path of the program of an installed package. */
  program(name: string): string {
    return this.path("node_modules/.bin", name);
  }

  version(name: string): string {
    return (JSON.parse(this.read(`node_modules/${name}/package.json`)) as { version: string }).version;
  }

  /** Runs a program to its end. Returns its output on stdout. @throws {Error} with all output if the program fails. */
  async command(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, stdout, stderr } = await this.#run(program, args, env);
    if (code === 0) return stdout;
    throw new Error(`${program} ${args.join(" ")}: ${code}\n${stdout}${stderr}`.trim());
  }

  /** Runs a program that is to fail. Returns its output on stderr. @throws {Error} if the program succeeds. */
  async failure(program: string, args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#run(program, args, {});
    if (code !== 0) return stderr;
    throw new Error(`${program} ${args.join(" ")} succeeds\n${stdout}${stderr}`.trim());
  }

  async #run(program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const child = this.#spawn(program, args, env);
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
      });
    }
    const timer = setTimeout(() => stop(child), PATIENCE);
    const code = await new Promise<number | string | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exit, signal) => resolve(exit ?? signal));
    });
    clearTimeout(timer);
    return { code, ...output };
  }

  /** Starts a server at a free port of 127.0.0.1; `args` makes its arguments for a port. Returns the address. */
  async serve(program: string, args: (port: number) => readonly string[], env = {}): Promise<string> {
    const port = await freePort();
    const child = this.#spawn(program, args(port), env);
    this.#servers.push(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    let exit: string | undefined;
    child.on("error", (error) => {
      exit = error.message;
    });
    child.on("exit", (code) => {
      exit ??= `exit code ${code}`;
    });
    for (const end = Date.now() + 60_000; Date.now() < end && exit === undefined; await sleep(100)) {
      if (await accepts(port)) return `http://127.0.0.1:${port}/`;
    }
    throw new Error(`${program} does not serve (${exit ?? "after 60 s"})\n${output}`);
  }

  /** Ends the servers and deletes the folder. */
  remove(): void {
    for (const child of this.#servers) stop(child);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  #spawn(program: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
    return start(program, args, {
      cwd: this.directory,
      env: { ...process.env, NODE_OPTIONS: "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}
