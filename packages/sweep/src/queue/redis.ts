import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { Redis } from "ioredis";
import type { RedisAddress } from "../command-line.js";
import { messageOf, UsageError } from "../errors.js";

/** Where a server is, as messages show it: without user and password. */
export function placeOf({ url }: RedisAddress): string {
  const { protocol, hostname, port } = new URL(url);
  return `${protocol}//${hostname}:${port || 6379}`;
}

/** The options of ioredis for an address. They are read here because its own parser leaves the certificates out. */
function optionsOf(address: RedisAddress) {
  const { protocol, hostname, port, username, password, pathname } = new URL(address.url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const db = Number(pathname.slice(1) || 0);
  if (!Number.isInteger(db)) throw new UsageError("--redis: expected a number of a database after the last slash");
  return {
    host,
    port: Number(port || 6379),
    db,
    ...(username !== "" && { username: decode(username) }),
    ...(password !== "" && { password: decode(password) }),
    ...(protocol === "rediss:" && { tls: { ...(isIP(host) === 0 && { servername: host }), ...certificates(address) } }),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError("--redis: in user and password, % is written %25");
  }
}

function certificates({ ca, cert, key }: RedisAddress) {
  const read = (flag: string, path: string | undefined) => {
    if (path === undefined) return undefined;
    try {
      return readFileSync(path);
    } catch (error) {
      throw new UsageError(`${flag}: ${path} cannot be read: ${messageOf(error)}`);
    }
  };
  const all = { ca: read("--tls-ca", ca), cert: read("--tls-cert", cert), key: read("--tls-key", key) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Milliseconds within which a server must answer at the start. Later, a lost server is waited for. */
const PATIENCE = 10_000;

/**
 * Milliseconds that a command may wait for an answer. No command blocks for longer than 10 seconds, so a connection
 * that is silent for this long has died without a word, as when a cable is pulled. It is made anew.
 */
const SILENCE = 30_000;

/**
 * Connects to a server. If the connection is lost later, commands wait until it is back.
 *
 * @param warn Told once when the connection is lost.
 * @throws {UsageError} if the server cannot be reached or refuses the password, which no message repeats.
 */
export async function connect(address: RedisAddress, warn: (text: string) => void): Promise<Redis> {
  const place = placeOf(address);
  const client = new Redis({
    ...optionsOf(address),
    lazyConnect: true,
    connectTimeout: PATIENCE,
    // BullMQ needs this: its blocking commands must not give up.
    maxRetriesPerRequest: null,
    socketTimeout: SILENCE,
    retryStrategy: (times) => Math.min(50 * times, 1000),
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => {
      client.disconnect();
      reject(new UsageError(`--redis: ${place}: ${reasonOf(error)}`));
    };
    const timer = setTimeout(() => fail(new Error("no answer")), PATIENCE);
    client.once("error", fail);
    client
      .connect()
      .then(() => client.ping())
      .then(() => resolve(), fail)
      .finally(() => {
        clearTimeout(timer);
        client.off("error", fail);
      });
  });
  let lost = false;
  client.on("error", (error) => {
    if (!lost) warn(`${place}: the connection is lost, waiting for the server: ${reasonOf(error)}`);
    lost = true;
  });
  client.on("ready", () => {
    lost = false;
  });
  return client;
}

/** Why a server cannot be used. The server's own words may repeat what it was sent, so only their kind is shown. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (/WRONGPASS|invalid (username|password)/i.test(message)) return "the server refuses this user and password";
  if (/NOAUTH/.test(message)) return "the server asks for a password";
  if (/no password is set|without any password/i.test(message)) return "the server has no password, and was given one";
  const { code } = Object(error) as { code?: unknown };
  return typeof code === "string" ? code : message.slice(0, 200);
}
