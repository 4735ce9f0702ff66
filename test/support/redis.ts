import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryDirectory } from "./idx-files.js";

/** Whether this machine has Debian's redis-server. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

if (!hasRedis) {
  console.log("redis-server was not found, so the tests of the queue are skipped. To run them:");
  console.log("  apt-get install -y redis-server");
}

/** Certificates of a test: an authority of its own, which has signed those of the server and of a client. */
export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** Makes certificates for a server on 127.0.0.1 by openssl; undefined without openssl. */
export function makeCertificates(): Certificates | undefined {
  const folder = temporaryDirectory({});
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => spawnSync("openssl", args).status === 0;
  const key = (name: string) => ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path(`${name}.key`)]; // biome-ignore format: one line
  const ca = path("ca.pem");
  const signed = (name: string, extension: string) => {
    const files = { cert: path(`${name}.pem`), key: path(`${name}.key`) };
    const by = ["-CA", ca, "-CAkey", path("ca.key"), "-days", "2", "-addext", extension];
    return openssl("req", "-x509", ...key(name), "-subj", `/CN=${name}`, ...by, "-out", files.cert) ? files : undefined;
  };
  if (!openssl("req", "-x509", ...key("ca"), "-subj", "/CN=a test", "-days", "2", "-out", ca)) return undefined;
  const server = signed("server", "subjectAltName=IP:127.0.0.1");
  const client = signed("client", "extendedKeyUsage=clientAuth");
  return server && client && { ca, server, client };
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
  readonly #tls: Certificates | undefined;
  #server: ChildProcess | undefined;
  port = 0;

  private constructor(password: string, tls: Certificates | undefined) {
    this.#password = password;
    this.#tls = tls;
  }

  /** Starts a server. With certificates it speaks nothing but TLS, and only with clients that have one. */
  static async start(password = "a-password", tls?: Certificates): Promise<TestRedis> {
    const redis = new TestRedis(password, tls);
    redis.port = await freePort();
    // The folder is removed after this, in the reverse order.
    onTestFinished(() => redis.stop());
    await redis.launch();
    return redis;
  }

  get url(): string {
    return `${this.#tls ? "rediss" : "redis"}://:${this.#password}@127.0.0.1:${this.port}`;
  }

  /** Starts the server on its port, with the data of its file. */
  async launch(): Promise<void> {
    const tls = this.#tls && {
      "tls-port": this.port,
      "tls-cert-file": this.#tls.server.cert,
      "tls-key-file": this.#tls.server.key,
      "tls-ca-cert-file": this.#tls.ca,
    };
    const settings = {
      ...{ port: tls ? 0 : this.port, bind: "127.0.0.1", dir: this.#folder, save: "", appendonly: "yes" },
      ...{ requirepass: this.#password, ...tls },
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
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
