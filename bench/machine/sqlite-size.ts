import { closeSync, openSync, readSync } from "node:fs";

const HEADER_BYTES = 100;

/**
 * The bytes that an SQLite file uses, its free pages left out. Nothing may have it open, or its latest pages are still in another file.
 * @source https://www.sqlite.org/fileformat.html
 */
export function sqliteBytes(file: string): number {
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(descriptor);
  }
  return usedBytesOf(header);
}

/** @param header the first 100 bytes of the file */
export function usedBytesOf(header: Buffer): number {
  if (header.toString("latin1", 0, 15) !== "SQLite format 3") throw new Error("not an SQLite file");
  const size = header.readUInt16BE(16);
  const pageBytes = size === 1 ? 65_536 : size;
  return (header.readUInt32BE(28) - header.readUInt32BE(36)) * pageBytes;
}
