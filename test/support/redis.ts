import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { onTestFinished } from "vitest";
import { temporaryDirectory } from "./idx-files.js";

/** Whether this machine has Debian's redis-server. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

if (!hasRedis) {
  console.log("redis-server was not found, so the tests of the queue are skipped. To run them:");
  console.log("  apt-get install -y redis-server");
}

/** A port of the loopback interface that nobody uses. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A server of a test's own, on the loopback interface, with an append-only file. It is stopped when the test ends. */
export class TestRedis {
  readonly #folder = temporaryDirectory({});
  readonly #password: string;
  #server: ChildProcess | undefined;
  port = 0;

  private constructor(password: string) {
    this.#password = password;
  }

  static async start(password = "a-password"): Promise<TestRedis> {
    const redis = new TestRedis(password);
    redis.port = await freePort();
    // The folder is removed after this, in the reverse order.
    onTestFinished(() => redis.stop());
    await redis.launch();
    return redis;
  }

  get url(): string {
    return `redis://:${this.#password}@127.0.0.1:${this.port}`;
  }

  /** Starts the server on its port, with the data of its file. */
  async launch(): Promise<void> {
    const settings = [
      "--port",
      this.port,
      "--bind",
      "127.0.0.1",
      "--dir",
      this.#folder,
      "--save",
      "",
      "--appendonly",
      "yes",
    ];
    const args = [...settings.map(String), "--requirepass", this.#password];
    const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.on("close", () => reject(new Error("redis-server has ended")));
      server.stdout.on("data", (chunk) => String(chunk).includes("Ready to accept connections") && resolve());
    });
  }

  /** Stops the server. Its data stay in the file. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const closed = new Promise((resolve) => server.once("close", resolve));
    server.kill("SIGTERM");
    await closed;
  }

  /** Sends a command by redis-cli, and returns its answer. */
  command(...args: string[]): string {
    const all = ["-p", String(this.port), "-a", this.#password, "--no-auth-warning", ...args];
    return spawnSync("redis-cli", all, { encoding: "utf8" }).stdout.trim();
  }
}
