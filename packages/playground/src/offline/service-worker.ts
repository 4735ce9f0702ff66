// The service worker: it keeps the page, its programs and the first images of MNIST, and serves them where there is no
// network. numgrad itself keeps all images in the browser's cache as soon as they have been loaded.
import { cleanupOutdatedCaches, matchPrecache, type PrecacheEntry, precacheAndRoute } from "workbox-precaching";
import { registerRoute } from "workbox-routing";

/** The files to keep. The build fills in their names and hashes (offline.ts). */
declare const KEPT_FILES: readonly PrecacheEntry[];

/** Members of a service worker's `self` that the types for pages do not have. */
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Lifetime) => void): void;
}

interface Lifetime {
  waitUntil(promise: Promise<unknown>): void;
}

/** Milliseconds after which a network that does not answer counts as none. */
const PATIENCE = 3000;

const scope = self as unknown as Scope;
const page = new URL("./", scope.registration.scope).pathname;

// The page comes from the network as long as there is one, so a new version is there at once. The names of its programs
// have hashes, so it finds its own files and no older ones. Without a network the kept page has the kept files.
registerRoute(
  ({ request, url }) => request.mode === "navigate" && [page, `${page}index.html`].includes(url.pathname),
  async ({ request }) => (await fromNetwork(request)) ?? (await matchPrecache("index.html")) ?? Response.error(),
);
precacheAndRoute([...KEPT_FILES]);
cleanupOutdatedCaches();

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));

/** The answer of the host; undefined if it gives none, or none in time. */
async function fromNetwork(request: Request): Promise<Response | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
  return Promise.race([fetch(request).catch(() => undefined), late]);
}
