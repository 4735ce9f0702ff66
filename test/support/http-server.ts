import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** Answers a request. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/**
 * Starts a server on loopback, which is closed when the test ends. A path has one answer, or several for successive
 * requests, the last of which is repeated. Other paths give 404. `requests` has the path of each request.
 */
export async function serve(routes: Record<string, Answer | Answer[]>): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url as string).slice(1);
    const route = routes[path] ?? status(404);
    const answers = Array.isArray(route) ? route : [route];
    const earlier = requests.filter((request) => request === path).length;
    requests.push(path);
    answers[Math.min(earlier, answers.length - 1)]!(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

/** An address at which no server listens. */
export async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}

/** Sends all bytes at once. */
export const sends =
  (bytes: Uint8Array, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(200, headers).end(bytes);

/** Sends a status without a body. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end();

/** Sends chunks of `size` bytes, each after a turn of the event loop. */
export const sendsSlowly =
  (bytes: Uint8Array, size = 1): Answer =>
  async (response) => {
    for (let start = 0; start < bytes.length; start += size) {
      response.write(bytes.subarray(start, start + size));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  };

/** Sends chunks of `size` bytes, one every `pause` milliseconds. */
export const drips =
  (bytes: Uint8Array, size: number, pause: number): Answer =>
  (response) => {
    let start = 0;
    const timer = setInterval(() => {
      response.write(bytes.subarray(start, start + size));
      start += size;
      if (start < bytes.length) return;
      clearInterval(timer);
      response.end();
    }, pause);
    response.on("close", () => clearInterval(timer));
  };

/** Sends the first bytes and then closes the connection. */
export const cutsOff =
  (bytes: Uint8Array, after: number): Answer =>
  (response) => {
    response.writeHead(200, { "content-length": String(bytes.length) });
    response.write(bytes.subarray(0, after), () => response.destroy());
  };

/** Sends the first bytes and then nothing, with the connection open. */
export const stalls =
  (bytes: Uint8Array, after: number): Answer =>
  (response) => {
    response.writeHead(200, { "content-length": String(bytes.length) });
    response.write(bytes.subarray(0, after));
  };

/** Sends the same chunk again and again, as long as the client reads. `sent` counts the bytes. */
export const sendsForever =
  (start: Uint8Array, chunk: Uint8Array, counter: { sent: number }): Answer =>
  (response) => {
    const push = () => {
      do counter.sent += chunk.length;
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", push);
    response.write(start);
    push();
  };
