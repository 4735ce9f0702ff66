// A Redis server of the measurement's own, and what it counts.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { UsageError } from "../options.js";

/** What the server has counted since its start. */
export interface Counts {
  /** Bytes of its data. */
  readonly memory: number;
  /** Bytes that it has received and sent. */
  readonly network: number;
  readonly commands: number;
  /** Seconds of a processor. */
  readonly processor: number;
}

/** A server on the loopback interface, with an append-only file as in compose.yaml. */
export class Server {
  readonly url: string;
  readonly #port: number;
  readonly #process: ChildProcess;

  private constructor(port: number, process: ChildProcess) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#port = port;
    this.#process = process;
  }

  /** @throws {UsageError} without redis-server. */
  static async start(folder: string): Promise<Server> {
    if (spawnSync("redis-server", ["--version"]).status !== 0) {
      throw new UsageError("redis-server was not found; on Debian: apt-get install redis-server");
    }
    const port = await freePort();
    const settings = [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--dir",
      folder,
      "--save",
      "",
      "--appendonly",
      "yes",
    ];
    const child = spawn("redis-server", settings, { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve, reject) => {
      child.on("close", () => reject(new Error("redis-server has ended")));
      child.stdout.on("data", (chunk) => String(chunk).includes("Ready to accept connections") && resolve());
    });
    return new Server(port, child);
  }

  command(...args: string[]): string {
    return spawnSync("redis-cli", ["-p", String(this.#port), ...args], { encoding: "utf8" }).stdout;
  }

  counts(): Counts {
    const info = this.command("INFO", "everything");
    const of = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1]);
    return {
      memory: of("used_memory"),
      network: of("total_net_input_bytes") + of("total_net_output_bytes"),
      commands: of("total_commands_processed"),
      processor: of("used_cpu_user") + of("used_cpu_sys"),
    };
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#process.once("close", resolve));
    this.#process.kill("SIGTERM");
    await closed;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
