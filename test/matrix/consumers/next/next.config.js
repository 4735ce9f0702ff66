// One page is cross-origin isolated. The scripts of its workers need the headers too.
const isolation = [
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Embedder-Policy", value: "require-corp" },
];

export default {
  headers: async () => ["/isolated", "/_next/:path*"].map((source) => ({ source, headers: isolation })),
};
