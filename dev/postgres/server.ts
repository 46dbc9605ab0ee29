/** Runs a PostgreSQL server on this machine. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { startProcess, tailOf } from "../process/child-process.ts";
import { freePort } from "../process/ports.ts";
import { postgresFolder, type PostgresUser } from "./binaries.ts";

export type PostgresServer = {
  /** Of the database `postgres`, whose user may create others. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when the server has exited, with its exit code and signal as text. */
  readonly ended: Promise<string>;
  /** Ends its connections and the server. May be called more than once. */
  stop(): Promise<void>;
  /** Sends SIGKILL at once, as a crash would. */
  kill(): Promise<void>;
};

export type PostgresOptions = {
  /** Its data, its password and its log; made where there is none. Temporary if it is not to last. */
  readonly folder: string;
  /** Absent: a free port. */
  readonly port?: number;
  /** False: faster, and what is written may be lost when the machine stops. */
  readonly durable: boolean;
};

const IP = "127.0.0.1";
const READY_TIMEOUT_MS = 120_000;
const POLL_MS = 50;
const NOT_DURABLE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/**
 * Starts the server and returns once it answers.
 *
 * @throws if it is not ready in time, with the end of its log
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder, durable } = options;
  const user = postgresUser();
  const native = postgresFolder(user);
  const password = initialised(folder, native, user);
  const port = options.port ?? (await freePort(IP));
  const logFile = join(folder, "postgres.log");
  const settings = [
    `listen_addresses=${IP}`,
    `port=${port}`,
    // A path of a socket may have 107 characters at most.
    "unix_socket_directories=",
    ...(durable ? [] : NOT_DURABLE),
  ];
  const server = startProcess({
    command: join(native, "bin/postgres"),
    args: ["-D", join(folder, "data"), ...settings.flatMap((setting) => ["-c", setting])],
    cwd: join(folder, "data"),
    env: { LC_ALL: "C" },
    ...(user === null ? {} : { user }),
    logFile,
  });
  const url = `postgres://postgres:${password}@${IP}:${port}/postgres`;
  const ended = { how: null as string | null };
  void server.ended.then((how) => (ended.how = how));
  async function stop(): Promise<void> {
    // Its "fast" shutdown: SIGTERM alone would wait for every client.
    if (ended.how === null) process.kill(server.pid, "SIGINT");
    await server.stop();
  }
  try {
    await untilReady(url, () => ended.how);
  } catch (error) {
    const tail = tailOf(logFile);
    await stop();
    throw new Error(`PostgreSQL is not ready: ${String(error)}\nThe end of its log:\n${tail}`, {
      cause: error,
    });
  }
  return { url, pid: server.pid, ended: server.ended, stop, kill: () => server.kill() };
}

/** Creates an empty database on the server. @returns its URL */
export async function createDatabase(server: PostgresServer, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

/** Users without rights of their own that systems have. PostgreSQL refuses to run as root. */
const UNPRIVILEGED = ["postgres", "nobody"];

/** @throws as root, where there is no such user */
export function postgresUser(): PostgresUser {
  if (process.getuid?.() !== 0) return null;
  const rows = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of UNPRIVILEGED) {
    const row = rows.find(([one]) => one === name);
    if (row !== undefined) return { uid: Number(row[2]), gid: Number(row[3]) };
  }
  throw new Error(
    `PostgreSQL does not run as root, and this system has none of the users ${UNPRIVILEGED.join(", ")}. Start this as another user.`,
  );
}

/** @returns the password of the user `postgres` */
function initialised(folder: string, native: string, user: PostgresUser): string {
  const passwordFile = join(folder, "password");
  const data = join(folder, "data");
  if (existsSync(join(data, "PG_VERSION"))) return readFileSync(passwordFile, "utf8").trim();
  // An earlier start was stopped in between.
  rmSync(data, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(passwordFile, `${randomBytes(16).toString("hex")}\n`, { mode: 0o600 });
  if (user !== null) {
    chmodSync(folder, 0o755);
    chownSync(folder, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  execFileSync(
    join(native, "bin/initdb"),
    [
      `--pgdata=${data}`,
      "--username=postgres",
      "--auth=scram-sha-256",
      `--pwfile=${passwordFile}`,
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
    ],
    { ...user, cwd: folder, env: { PATH: "/usr/bin:/bin", LC_ALL: "C" }, stdio: "pipe" },
  );
  return readFileSync(passwordFile, "utf8").trim();
}

async function untilReady(url: string, ended: () => string | null): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    // A connection that the server ends says so twice.
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      const how = ended();
      if (how !== null) throw new Error(`the process ended: ${how}`, { cause: error });
      if (performance.now() > deadline) throw error;
      await delay(POLL_MS);
    }
  }
}
