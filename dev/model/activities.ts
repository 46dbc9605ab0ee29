import type { ChargeClock } from "../../activities/charge/charge.ts";
import type { EarlierRunsReader } from "../../activities/evidence/read-dodo.ts";
import { type Activities, createActivities } from "../../activities/index.ts";
import type { Mailer } from "../../activities/mail/mailer.ts";
import type { RecoveryPort } from "../../dodo/port.ts";
import { type ReservedNotice, reserveNotice } from "../../domain/notice/weekly-cap.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import { PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { createLog } from "../../platform/log.ts";

const LOG = createLog("fatal", "model");

/** The notices that each customer was sent lately. */
export type RecentNotices = Map<string, readonly ReservedNotice[]>;

/** The product's activities, with the model of Dodo and virtual time behind them. */
export function modelActivities(given: {
  readonly dodo: RecoveryPort;
  readonly clock: ChargeClock;
  readonly send: Mailer["send"];
  readonly policy: Policy;
  readonly mode: Mode;
  readonly publishes: boolean;
  readonly readEarlierRuns: EarlierRunsReader;
  readonly recentNotices: RecentNotices;
}): Activities {
  const { send, clock, recentNotices, ...rest } = given;
  return createActivities({
    ...rest,
    ...clock,
    mailer: { send, close: () => undefined },
    requestTimeoutMs: 60_000,
    links: { keys: [Buffer.alloc(32, 7)] },
    publicUrl: "https://pay.example",
    brand: PLAIN_BRAND,
    operatorEmail: null,
    reserveNotice: async (customerId, request) => {
      const { reserved, answer } = reserveNotice(recentNotices.get(customerId) ?? [], request);
      recentNotices.set(customerId, reserved);
      return await Promise.resolve(answer);
    },
    report: async () => await Promise.resolve(),
    log: LOG,
  });
}
