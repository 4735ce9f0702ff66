import { readFileSync } from "node:fs";
import type { PluginOption } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";
import { packedMnist } from "./serve-mnist.js";

/** A page from the disk has no origin, so its policy names no address: everything stands in the page. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob: data:; worker-src blob: data:; " +
  "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The worker's program as a text within the page, because a page from the disk may not load one. */
const START_WORKER = `
import TrainingWorker from "./worker.ts?worker&inline";
export const startWorker = (name) => new TrainingWorker({ name });
`;

/** Makes one HTML file that opens from the disk: with its programs, its styles, its icon and MNIST. */
export function singleFile(): PluginOption[] {
  const icon = readFileSync(new URL("public/icon.svg", import.meta.url)).toString("base64");
  return [
    {
      name: "inline-worker",
      enforce: "pre",
      transform: (_code, id) => (id.endsWith("/start-worker.ts") ? START_WORKER : undefined),
    },
    viteSingleFile({ removeViteModuleLoader: true }),
    {
      name: "embed-data",
      enforce: "post",
      transformIndexHtml: {
        order: "post",
        handler(html) {
          const data = packedMnist().map(
            ([name, bytes]) => `<script type="text/plain" data-file="${name}">${bytes.toString("base64")}</script>`,
          );
          return html
            .replace(/(http-equiv="Content-Security-Policy"\s+content=")[^"]*/, `$1${POLICY}`)
            .replace(/href="[^"]*icon\.svg"/, `href="data:image/svg+xml;base64,${icon}"`)
            .replace("</body>", () => `${data.join("\n")}\n</body>`);
        },
      },
    },
  ];
}
