// Pages in real browsers, driven as a person would drive them.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join, normalize } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { findBrowsers } from "../matrix/browsers.js";

/** The browsers of this machine, by their kinds. */
export const BROWSERS = findBrowsers().found.map(({ name, program }) => ({
  kind: name.startsWith("Firefox") ? ("firefox" as const) : ("chrome" as const),
  name,
  program,
}));

/** Starts a browser without a window. */
export function launch({ kind, program }: (typeof BROWSERS)[number]): Promise<Browser> {
  const args =
    kind === "chrome" ? ["--no-sandbox", "--disable-gpu", "--no-first-run", "--force-color-profile=srgb"] : [];
  return puppeteer.launch({ browser: kind, executablePath: program, headless: true, args, pipe: kind === "chrome" });
}

/** Opens a page, and keeps the errors that it reports. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; errors: string[] }> {
  const errors: string[] = [];
  const page = await browser.newPage();
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(url);
  return { page, errors };
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Serves the files of a folder that `isThere` does not deny, from the loopback address. */
export async function serveFolder(
  folder: string,
  isThere: (path: string) => boolean,
): Promise<{ url: string; server: Server }> {
  const server = createServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const file = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
    if (!isThere(pathname) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
    response.setHeader("Cache-Control", "no-store");
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, server };
}
