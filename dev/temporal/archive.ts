/** Extracts one file from a tar or zip archive, so that the machine needs no tar, unzip or Python. */
import { inflateRawSync } from "node:zlib";

const TAR_BLOCK_BYTES = 512;

/**
 * @throws if the archive does not have the file
 * @source POSIX ustar: name at 0 (100 bytes), octal size at 124 (12 bytes), contents in blocks of 512
 */
export function fileFromTar(tar: Buffer, name: string): Buffer {
  let offset = 0;
  while (offset + TAR_BLOCK_BYTES <= tar.length) {
    const entry = tar.toString("utf8", offset, offset + 100).replace(/\0.*$/s, "");
    if (entry === "") break;
    const sizeBytes = Number.parseInt(tar.toString("ascii", offset + 124, offset + 136), 8);
    if (!Number.isSafeInteger(sizeBytes)) break;
    const start = offset + TAR_BLOCK_BYTES;
    if (entry.replace(/^\.\//, "") === name) return tar.subarray(start, start + sizeBytes);
    offset = start + Math.ceil(sizeBytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
  }
  throw new Error(`the archive has no file ${name}`);
}

const ZIP_END = 0x06054b50;
const ZIP_ENTRY = 0x02014b50;
const ZIP_END_BYTES = 22;
const ZIP_STORED = 0;
const ZIP_DEFLATED = 8;

/**
 * Reads the central directory, which always has the sizes; a local header may lack them.
 * @throws if the file is no zip archive, or does not have the file
 * @source PKWARE APPNOTE 4.3
 */
export function fileFromZip(zip: Buffer, name: string): Buffer {
  let end = zip.length - ZIP_END_BYTES;
  while (end >= 0 && zip.readUInt32LE(end) !== ZIP_END) end -= 1;
  if (end < 0) throw new Error("the file is not a zip archive");
  const count = zip.readUInt16LE(end + 10);
  let entry = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count && zip.readUInt32LE(entry) === ZIP_ENTRY; index += 1) {
    const nameBytes = zip.readUInt16LE(entry + 28);
    const skipBytes = zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
    const nameAt = entry + 46;
    if (zip.toString("utf8", nameAt, nameAt + nameBytes) === name) return inflateEntry(zip, entry);
    entry = nameAt + nameBytes + skipBytes;
  }
  throw new Error(`the archive has no file ${name}`);
}

function inflateEntry(zip: Buffer, entry: number): Buffer {
  const method = zip.readUInt16LE(entry + 10);
  const packedBytes = zip.readUInt32LE(entry + 20);
  const header = zip.readUInt32LE(entry + 42);
  // The local header repeats the name, but its extra fields may differ from the directory's.
  const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const packed = zip.subarray(start, start + packedBytes);
  if (method === ZIP_STORED) return packed;
  if (method === ZIP_DEFLATED) return inflateRawSync(packed);
  throw new Error(`zip compression method ${method} is not supported`);
}
