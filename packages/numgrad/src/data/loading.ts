/**
 * What loads data sets. It is imported when one is loaded, not before: 8 KB through gzip that a page with data of its own
 * never needs.
 */
export { FASHION_MNIST, MNIST } from "./collections.js";
export { loadCollection } from "./load-collection.js";
export { loadIdxFiles } from "./load-idx-files.js";
