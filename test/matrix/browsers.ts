import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, extname, join, normalize } from "node:path";
import { start, stop } from "./processes.js";

/** A real browser, run without a window. */
export interface Browser {
  /** Name and version. */
  readonly name: string;
  readonly program: string;
  /** Arguments that make the browser use an empty profile in this folder. */
  readonly args: (profile: string) => readonly string[];
}

/** The report that a page of `consumers/` sends at its end. */
export interface PageReport {
  readonly main?: unknown;
  readonly worker?: unknown;
  readonly server?: unknown;
  /** What two threads have found: with numgrad's workers, and with those of the page. */
  readonly team?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
  readonly crossOriginIsolated: boolean;
}

/** Longest time in milliseconds that a page may take, the start of the browser included. */
const PATIENCE = 90_000;

const CHROMIUM = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
]; // biome-ignore format: a list of words

/** Finds the browsers of this machine. The variables CHROMIUM and FIREFOX name browsers that are not on the PATH. */
export function findBrowsers(): { found: Browser[]; missing: string[] } {
  const kinds = [
    {
      kind: "Chromium",
      programs: [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
      args: (profile: string) => [...CHROMIUM, `--user-data-dir=${profile}`],
    },
    {
      kind: "Firefox",
      programs: [process.env.FIREFOX, "firefox", "firefox-esr"],
      args: (profile: string) => ["--headless", "--no-remote", "--profile", profile],
    },
  ];
  const found: Browser[] = [];
  const missing: string[] = [];
  for (const { kind, programs, args } of kinds) {
    const program = programs.map((name) => name && onPath(name)).find((path) => path);
    if (!program) missing.push(kind);
    else {
      const version = /\d+(\.\d+)?/.exec(execFileSync(program, ["--version"], { encoding: "utf8" }))?.[0];
      found.push({ name: `${kind} ${version}`, program, args });
    }
  }
  return { found, missing };
}

/** Opens `page`, an address or a folder that is then served, and waits for the report of the page. */
export async function visit(browser: Browser, page: string | Site): Promise<PageReport> {
  const server = createServer();
  const reported = new Promise<PageReport>((resolve, reject) => {
    server.on("request", (request, response) => {
      if (request.method === "POST") receive(request, response).then(resolve, reject);
      else if (typeof page === "object") {
        if (page.policy) response.setHeader("Content-Security-Policy", page.policy);
        if (page.isolated) for (const [name, value] of ISOLATION) response.setHeader(name, value);
        sendFile(page.folder, request.url ?? "/", response);
      } else response.writeHead(404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const own = `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}/`;
  const url = new URL(typeof page === "string" ? page : (page.page ?? ""), own);
  url.searchParams.set("report", `${own}report`);
  const profile = mkdtempSync(join(tmpdir(), "numgrad-profile-"));
  const child = start(browser.program, [...browser.args(profile), url.href], { stdio: "ignore" });
  const lost = new Promise<never>((_, reject) => child.on("error", reject));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `no report from ${url.pathname} after ${PATIENCE / 1000} s`;
    timer = setTimeout(() => reject(new Error(message)), PATIENCE);
  });
  try {
    return await Promise.race([reported, lost, late]);
  } finally {
    clearTimeout(timer);
    stop(child);
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** A folder that is served to a browser. */
export interface Site {
  readonly folder: string;
  /** The page to open; `index.html` if omitted. */
  readonly page?: string;
  /** Content-Security-Policy of every response. */
  readonly policy?: string;
  /** Whether every response has the headers by which a page is cross-origin isolated. */
  readonly isolated?: boolean;
}

const ISOLATION = [
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Embedder-Policy", "require-corp"],
] as const;

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Answers a request for `url` with the file of the folder, or with 404. */
export function sendFile(folder: string, url: string, response: ServerResponse): void {
  const { pathname } = new URL(url, "http://localhost");
  const file = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
  createReadStream(file).pipe(response);
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<PageReport> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  // The page may be of another origin, and isolated from all that do not allow it.
  response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
  response.end();
  return JSON.parse(body) as PageReport;
}

function onPath(name: string): string | undefined {
  if (name.includes("/")) return existsSync(name) ? name : undefined;
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
