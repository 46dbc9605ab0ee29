import type { Finding } from "./finding.ts";
import type { Import } from "./parse.ts";

/**
 * Who may import whom: the one table for imports between rooms, the top-level folders with code.
 *
 * A row names a room, a folder or a file, and what it may import beside its own room: rooms, folders or files; after
 * `type`, only what the compiler erases. A file has the rights of every row that contains it. `*` is everything.
 *
 * oxlint's `no-restricted-imports` (`.oxlintrc.json`) checks most of this too, because an editor shows its findings
 * at once, and it alone restricts packages and Node's built-ins. Its patterns see paths as they are written and count
 * the `../` in them; this table sees the files they lead to, at any depth, and rejects a room without a row.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  dodo: ["domain"],
  platform: ["domain"],
  "platform/gauges": ["workflows/contract.ts"],
  ledger: ["domain"],
  "ledger/history": ["workflows/contract.ts"],
  config: ["domain", "platform/customer/brand.ts"],
  workflows: ["domain", "type activities"],
  activities: ["domain", "dodo/port.ts", "platform"],
  server: ["domain", "platform", "ledger", "workflows/contract.ts"],
  "server/webhook": ["dodo/webhook-events.ts", "dodo/webhook-signature.ts"],
  "server/main.ts": ["config"],
  worker: [
    "domain",
    "dodo/port.ts",
    "dodo/adapter/create-dodo.ts",
    "platform",
    "ledger",
    "workflows",
    "activities",
    "type config",
  ],
  "worker/main.ts": ["config"],
  cli: [
    "domain",
    "dodo/port.ts",
    "dodo/adapter/create-dodo.ts",
    "platform",
    "ledger",
    "config",
    "workflows/contract.ts",
  ],
  // It judges the mail server's answers as the worker does, and sends the test mail as the worker sends mails.
  "cli/doctor/mail": ["activities/mail"],
  sandbox: [],
  dev: ["*"],
  test: ["*"],
  bench: ["*"],
};

const ROWS = Object.entries(MAY_IMPORT);

/** Imports that the table does not allow, and rooms that have no row in it. */
export function roomFindings(
  paths: readonly string[],
  imports: readonly Import[],
): readonly Finding[] {
  const rooms = new Set(paths.filter((path) => path.includes("/")).map(roomOf));
  const unknown = [...rooms].filter((room) => !(room in MAY_IMPORT));
  return [
    ...unknown.map((room) => ({
      rule: "room" as const,
      subject: `${room}/ has no row`,
      detail: "add it to MAY_IMPORT in test/code/structure/rooms.ts",
    })),
    ...imports.filter(isForbidden).map(({ from, to, line, statement }) => ({
      rule: "room" as const,
      subject: `${from} may not import ${to}`,
      detail: `${from}:${line} ${statement}`,
    })),
  ];
}

export function roomOf(path: string): string {
  return path.split("/")[0] ?? path;
}

function isForbidden({ from, to, isTypeOnly }: Import): boolean {
  const room = roomOf(from);
  if (room === roomOf(to) || !(room in MAY_IMPORT)) return false;
  const rights = ROWS.filter(([place]) => contains(place, from)).flatMap(([, may]) => may);
  return !rights.some((right) => {
    const place = right.replace(/^type /, "");
    if (place !== right && !isTypeOnly) return false;
    return place === "*" || contains(place, to);
  });
}

/** Whether a path is this file, or in this folder or one below it. */
function contains(place: string, path: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}
