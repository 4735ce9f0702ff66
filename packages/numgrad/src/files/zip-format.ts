// A ZIP file consists of the entries (each a local header, a name, and data), then the central directory (a header for
// each entry, with its name and position), then the end record. Fields are little-endian.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
//
// Only fflate's DEFLATE is used. Its `unzipSync` would not do: it does not verify the CRC-32, it trusts the sizes in
// the directory, and it keeps the contents in a plain object, where a file named `__proto__` is lost.

export const LOCAL = { signature: 0x0403_4b50, bytes: 30 };
export const CENTRAL = { signature: 0x0201_4b50, bytes: 46 };
export const END = { signature: 0x0605_4b50, bytes: 22 };

export const STORED = 0;
export const DEFLATED = 8;

/** Bits of the flags: the entry is encrypted; its sizes stand in a descriptor after the data; its name is UTF-8. */
export const ENCRYPTED = 1;
export const DESCRIPTOR = 8;
export const UTF8 = 0x800;
