import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { UsageError } from "./errors.js";

export const HELP = `Tries many options of the book's network: on all cores, or on many machines through Redis.

  npx numgrad-sweep run FILE [options]      does the trials of a sweep file; a second run does what is missing
  npx numgrad-sweep resume DIR [options]    goes on with the sweep in a folder
  npx numgrad-sweep status DIR [--watch]    shows how far a sweep is, and its best trials
  npx numgrad-sweep export DIR --optuna FILE
                                            writes a journal for Optuna and optuna-dashboard
  npx numgrad-sweep worker --redis URL      does the trials of all sweeps on that server

Options of run and resume:
  --out DIR             folder for results, figures and report (the name of the file, with -results)
  --threads N           threads that train (one for each core)
  --quiet               prints the end and nothing else (and errors)

Options of run, resume and worker, for many machines:
  --redis URL           redis://… or, with TLS, rediss://…; better in the variable NUMGRAD_SWEEP_REDIS, which no other
                        user of the machine can see
  --tls-ca FILE         certificate of the authority that has signed the server's
  --tls-cert FILE, --tls-key FILE
                        certificate and key of this client

Options of worker:
  --concurrency N       trials that a worker trains at a time (one for each core)
  --lock SECONDS        time after which a trial of a lost worker goes to another one (30)

Ctrl-C and SIGTERM stop a run or a worker: the trials keep checkpoints, and go on with resume or on other workers. Exit
codes: 0 finished, 1 failed, 2 wrong option or file, 130 stopped by Ctrl-C, 143 by SIGTERM,
129 as the terminal was closed, 141 as the reader of the output has gone.
`;

const FLAGS = {
  out: { type: "string" },
  threads: { type: "string" },
  quiet: { type: "boolean" },
  watch: { type: "boolean" },
  optuna: { type: "string" },
  redis: { type: "string" },
  "tls-ca": { type: "string" },
  "tls-cert": { type: "string" },
  "tls-key": { type: "string" },
  concurrency: { type: "string" },
  lock: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

type FlagName = keyof typeof FLAGS;

/** How Redis is reached. */
export interface RedisAddress {
  readonly url: string;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** What the command line asks for. */
export type Command =
  | { readonly name: "help" }
  | {
      readonly name: "run" | "resume";
      /** The sweep file of `run`, the folder of `resume`. */
      readonly path: string;
      readonly out: string | undefined;
      readonly threads: number;
      readonly quiet: boolean;
      readonly redis: RedisAddress | undefined;
    }
  | { readonly name: "status"; readonly path: string; readonly watch: boolean }
  | { readonly name: "export"; readonly path: string; readonly optuna: string }
  | {
      readonly name: "worker";
      readonly redis: RedisAddress;
      readonly concurrency: number;
      /** Milliseconds. */
      readonly lock: number;
    };

const REDIS_FLAGS: readonly FlagName[] = ["redis", "tls-ca", "tls-cert", "tls-key"];

/** The flags of each command. */
const COMMANDS: Readonly<Record<string, readonly FlagName[]>> = {
  run: ["out", "threads", "quiet", ...REDIS_FLAGS],
  resume: ["threads", "quiet", ...REDIS_FLAGS],
  status: ["watch"],
  export: ["optuna"],
  worker: ["concurrency", "lock", ...REDIS_FLAGS],
};

/**
 * Reads the command line, without `node` and the name of the program.
 *
 * @throws {UsageError} for an unknown command or option, or a missing or wrong value.
 */
export function parseCommand(args: readonly string[], env: NodeJS.ProcessEnv): Command {
  const { values, positionals } = split(args);
  const [name, path, ...more] = positionals;
  if (values.help || name === "help") return { name: "help" };
  const allowed = name === undefined ? undefined : COMMANDS[name];
  if (!allowed || !Object.hasOwn(COMMANDS, name!)) {
    throw new UsageError(`expected a command: ${Object.keys(COMMANDS).join(", ")} (--help says more)`);
  }
  for (const flag of Object.keys(values) as FlagName[]) {
    if (!allowed.includes(flag)) throw new UsageError(`--${flag}: no option of ${name} (--help lists the options)`);
  }
  if (name === "worker" ? path !== undefined : more.length > 0) throw new UsageError(`${name}: too many arguments`);
  const redis = redisAddress(values, env);
  if (name === "worker") {
    if (!redis) throw new UsageError("--redis: missing, a worker needs the address of its server");
    const lock = Math.round(1000 * positive("--lock", values.lock, 30, 1, 86_400));
    return { name, redis, concurrency: integer("--concurrency", values.concurrency), lock };
  }
  if (path === undefined) throw new UsageError(`${name}: expected ${name === "run" ? "a sweep file" : "a folder"}`);
  if (name === "status") return { name, path, watch: values.watch ?? false };
  if (name === "export") {
    if (!values.optuna) throw new UsageError("--optuna: missing, the file for Optuna's journal");
    return { name, path, optuna: values.optuna };
  }
  const { out, quiet = false } = values;
  const threads = integer("--threads", values.threads);
  return { name: name as "run" | "resume", path, out, threads, quiet, redis };
}

function split(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: true });
  } catch (error) {
    // The messages of parseArgs continue with several lines of advice.
    const [first] = (error as Error).message.split(/\.\s/, 1);
    throw new UsageError(`${first} (--help lists the options)`);
  }
}

function integer(flag: string, text: string | undefined): number {
  const value = positive(flag, text, availableParallelism(), 1, 1024);
  if (!Number.isInteger(value)) throw new UsageError(`${flag}: expected an integer, got ${text}`);
  return value;
}

function positive(flag: string, text: string | undefined, standard: number, min: number, max: number): number {
  if (text === undefined) return standard;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${flag}: expected a number from ${min} to ${max}, got ${text || "nothing"}`);
}

/** The messages never repeat the address, because it may hold a password. */
function redisAddress(values: ReturnType<typeof split>["values"], env: NodeJS.ProcessEnv): RedisAddress | undefined {
  const url = values.redis ?? (env.NUMGRAD_SWEEP_REDIS || undefined);
  const { "tls-ca": ca, "tls-cert": cert, "tls-key": key } = values;
  if (url === undefined) return undefined;
  const flag = values.redis === undefined ? "NUMGRAD_SWEEP_REDIS" : "--redis";
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  if (protocol !== "redis:" && protocol !== "rediss:") {
    throw new UsageError(`${flag}: expected an address that begins with redis:// or rediss://`);
  }
  if (protocol === "redis:" && (ca ?? cert ?? key) !== undefined) {
    throw new UsageError(`${flag}: expected rediss://, as --tls-ca, --tls-cert and --tls-key go with TLS`);
  }
  if ((cert === undefined) !== (key === undefined)) throw new UsageError("--tls-cert and --tls-key: give both");
  return { url, ca, cert, key };
}
