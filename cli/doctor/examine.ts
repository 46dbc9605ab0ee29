import type { Env } from "../../config/env.ts";
import { messageOf } from "../../platform/error-message.ts";
import { type WebUiList, webUiLists } from "../text/web-ui-lists.ts";
import { type Check, type CheckStatus, type Finding, unknown } from "./check.ts";
import { CHECK_GROUPS } from "./checks.ts";
import { createDodoAccess } from "./account/access.ts";
import { readSettings } from "./settings.ts";
import type { Subject } from "./subject.ts";
import { createTemporalAccess } from "./temporal/access.ts";

export type Examined = Finding & {
  readonly group: string;
  readonly name: string;
  readonly what: string;
};

export type Examination = {
  readonly checks: readonly Examined[];
  readonly counts: Readonly<Record<CheckStatus, number>>;
  /** Empty without the address of the Web UI, or of Temporal. */
  readonly lists: readonly WebUiList[];
};

export type ExaminationOptions = {
  readonly env: Env;
  readonly version: string;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly sendTo: string | null;
  readonly now: () => number;
  /** Called with the number of checks that have ended. */
  readonly onEnded: (count: number) => void;
};

/** How many checks there are. */
export const CHECKS = CHECK_GROUPS.flatMap(({ checks }) => checks).length;

/** Runs every check. One that hangs, or throws, is unknown, and delays no other. */
export async function examine(options: ExaminationOptions): Promise<Examination> {
  const { env, version, timeoutMs, sendTo, now, onEnded } = options;
  const settings = readSettings(env);
  const dodo = createDodoAccess(settings, timeoutMs, now);
  const temporal = createTemporalAccess(env, timeoutMs);
  const subject: Subject = { env, version, settings, timeoutMs, now, dodo, temporal, sendTo };
  let ended = 0;
  try {
    const checks = CHECK_GROUPS.flatMap(({ title, checks: inGroup }) =>
      inGroup.map(async (check): Promise<Examined> => {
        const finding = await findingOf(check, subject);
        ended += 1;
        onEnded(ended);
        return { group: title, name: check.name, what: check.what, ...finding };
      }),
    );
    const examined = await Promise.all(checks);
    return { checks: examined, counts: countsOf(examined), lists: await listsOf(subject) };
  } finally {
    await temporal.close();
  }
}

async function findingOf(check: Check, subject: Subject): Promise<Finding> {
  // A call that every check shares may come first.
  const limitMs = ((check.requests ?? 1) + 1) * subject.timeoutMs;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve(unknown(`No answer within ${limitMs / 1_000} s.`)), limitMs);
  });
  try {
    return await Promise.race([Promise.resolve(subject).then(check.run), late]);
  } catch (error) {
    return unknown(`It could not be checked: ${messageOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

function countsOf(examined: readonly Examined[]): Examination["counts"] {
  const count = (status: CheckStatus): number =>
    examined.filter((one) => one.status === status).length;
  return { ok: count("ok"), warn: count("warn"), fail: count("fail"), unknown: count("unknown") };
}

async function listsOf({ settings, temporal, now }: Subject): Promise<readonly WebUiList[]> {
  const { webUiUrl } = settings.worker;
  const connected = await temporal.connect();
  if (webUiUrl === null || connected.kind !== "connected") return [];
  return webUiLists(webUiUrl, connected.namespace, now());
}
