// Threads in real browsers: in pages that are cross-origin isolated, workers from a text, or those that the page makes.
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import type { Browser } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BROWSERS, launch, openPage } from "../support/browser-pages.js";

const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const WITHOUT_BLOBS = { "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };
const PAGES: Readonly<Record<string, Record<string, string>>> = {
  "/isolated": ISOLATED,
  "/plain": {},
  "/without-blobs": { ...ISOLATED, ...WITHOUT_BLOBS },
  "/own-workers": { ...ISOLATED, ...WITHOUT_BLOBS },
  "/lost-workers": { ...ISOLATED, ...WITHOUT_BLOBS },
  "/in-a-worker": ISOLATED,
};

/** Trains by 1, 2 and 3 threads: for each the number that was at work, the sum of W1, and why there were not more. */
const PROGRAM = `
  import { TwoLayerNet, train } from ${JSON.stringify(fileURLToPath(new URL("../../packages/numgrad/dist/index.js", import.meta.url)))};
  const x = { shape: [60, 20], data: Float64Array.from({ length: 1200 }, (_, i) => Math.sin(i)) };
  const t = Array.from({ length: 60 }, (_, i) => i % 10);
  const programs = { "/own-workers": "/worker.js", "/lost-workers": "/nothing.js" };
  const program = programs[location.pathname];
  const worker = program && (() => new Worker(program, { type: "module" }));
  const found = [];
  for (const threads of [1, 2, 3]) {
    const net = new TwoLayerNet({ inputSize: 20, hiddenSize: 50, outputSize: 10, random: 0 });
    const run = train(net, { train: { x, t } }, { steps: 30, batchSize: 20, threads, worker, random: 1 });
    let atWork = 0;
    for await (const _ of run) atWork = run.threads;
    found.push([atWork, net.params.w1.reduce((sum, weight) => sum + weight, 0), run.threadsMissing]);
    net.dispose();
  }
  if (globalThis.document) document.title = JSON.stringify(found);
  else postMessage(JSON.stringify(found));
`;
const START = '<script type="module" src="/program.js"></script>';
const START_IN_A_WORKER = `<script>
  new Worker("/program.js", { type: "module" }).onmessage = ({ data }) => (document.title = data);
</script>`;

let server: Server;
let origin = "";
beforeAll(async () => {
  const stdin = { contents: PROGRAM, resolveDir: fileURLToPath(new URL(".", import.meta.url)) };
  const script = buildSync({ stdin, bundle: true, format: "esm", tsconfigRaw: {}, write: false }).outputFiles[0]!;
  const worker = readFileSync(new URL("../../packages/numgrad/dist/worker.js", import.meta.url));
  server = createServer(({ url = "" }, response) => {
    const scripts: Readonly<Record<string, string | Uint8Array>> = {
      "/program.js": script.contents,
      "/worker.js": worker,
    };
    const headers = url === "/worker.js" ? { ...ISOLATED, ...WITHOUT_BLOBS } : (PAGES[url] ?? ISOLATED);
    const content = scripts[url] ?? (url === "/in-a-worker" ? START_IN_A_WORKER : START);
    const type = scripts[url] ? "text/javascript" : "text/html; charset=utf-8";
    response.writeHead(url === "/nothing.js" ? 404 : 200, { "Content-Type": type, ...headers }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Trains in all pages. @returns For each page what the program has found, by 1, 2 and 3 threads. */
async function trainIn(browser: Browser): Promise<Record<string, [atWork: number, sum: number, missing: string][]>> {
  const found: Awaited<ReturnType<typeof trainIn>> = {};
  for (const path of Object.keys(PAGES)) {
    const { page } = await openPage(browser, `${origin}${path}`);
    await page.waitForFunction(() => document.title.startsWith("[["));
    found[path] = JSON.parse(await page.title());
    await page.close();
  }
  return found;
}

// Without Chromium and Firefox there is nothing that could open a page; .ci/run installs Chromium.
test.skipIf(BROWSERS.length === 0)(
  "threads give the same bits; where there can be none, one thread makes the steps and the run says why",
  async () => {
    for (const kind of BROWSERS) {
      const browser = await launch(kind);
      try {
        const found = await trainIn(browser);
        const atWork = Object.values(found).map((runs) => runs.map(([threads]) => threads));
        const inWorker = kind.kind === "firefox" ? [1, 1, 1] : [1, 2, 3];
        expect(atWork, kind.name).toEqual([[1, 2, 3], [1, 1, 1], [1, 1, 1], [1, 2, 3], [1, 1, 1], inWorker]); // biome-ignore format: a line
        expect(new Set(Object.values(found).flatMap((runs) => runs.map(([, sum]) => sum))).size, kind.name).toBe(1);
        expect(found["/plain"]?.[1]?.[2]).toMatch(/cross-origin isolated \(by the headers COOP and COEP\)$/);
        expect(found["/without-blobs"]?.[1]?.[2]).toMatch(/Content-Security-Policy forbids workers from blobs$/);
        expect(found["/lost-workers"]?.[1]?.[2]).toMatch(/the script of options\.worker could not be loaded$/);
        if (kind.kind === "firefox") expect(found["/in-a-worker"]?.[1]?.[2]).toMatch(/^in Firefox a worker that makes a worker/); // biome-ignore format: a line
      } finally {
        await browser.close();
      }
    }
  },
);
