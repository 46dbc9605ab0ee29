import type { Client } from "@temporalio/client";
import type {
  MandateReport,
  MandateStatus,
  RequestedMandate,
} from "../../../domain/mandate/mandate.ts";
import type { MandateId } from "../../../domain/values/ids.ts";
import {
  MANDATE_REPORTED_SIGNAL,
  MANDATE_SETUP,
  type MandateMemo,
  mandateStartOf,
} from "../../../workflows/contract.ts";
import { askTemporal, tellOpen, TemporalUnavailableError } from "../../temporal/ask-temporal.ts";
import { askOnce, memoOf } from "../idempotency.ts";
import { Problem } from "../problem.ts";

export type MandateAsked = {
  readonly mandateId: MandateId;
  readonly mandate: RequestedMandate;
  readonly fingerprint: string;
  readonly by: string;
};

/** A mandate as it is kept in Temporal. */
export type KeptMandate = Pick<MandateMemo, "customerId" | "productId"> & {
  /** Null while nothing was decided. */
  readonly standing: MandateStatus | null;
};

export type Mandates = {
  /**
   * Resolves once Temporal has it: with its checkout, where Dodo has made that in time. The same key again resolves the same.
   *
   * @throws Problem where it is refused, or another body came under the same key
   */
  readonly ask: (asked: MandateAsked) => Promise<MandateStatus | null>;
  readonly view: (mandateId: MandateId) => Promise<KeptMandate>;
  /** Resolves once Temporal holds the report, or there is no mandate open that it could concern. */
  readonly tell: (mandateId: MandateId, report: MandateReport) => Promise<"told" | "none_open">;
};

/** So long the checkout is waited for: the answer is out before the gateway's deadline. */
const CHECKOUT_WITHIN_MS = 2_000;

/** @param client null until a connection is made */
export function createMandates(client: () => Client | null, taskQueue: string): Mandates {
  return {
    ask: async (asked) =>
      await askTemporal(client, (connected) => ask(connected, taskQueue, asked)),
    view: async (mandateId) => {
      const memo = await askTemporal(client, (connected) =>
        memoOf<MandateMemo>(connected, MANDATE_SETUP, mandateId),
      );
      if (memo === null) throw new Problem(404, "no_mandate", `no mandate ${mandateId} is kept`);
      const { customerId, productId, standing = null } = memo;
      return { customerId, productId, standing };
    },
    tell: async (mandateId, report) =>
      await askTemporal(client, (connected) =>
        tellOpen(connected, mandateId, MANDATE_REPORTED_SIGNAL, report),
      ),
  };
}

async function ask(
  client: Client,
  taskQueue: string,
  { mandateId, mandate, fingerprint, by }: MandateAsked,
): Promise<MandateStatus | null> {
  const start = mandateStartOf(mandateId, { mandate, by }, fingerprint);
  const memo = await askOnce<MandateMemo>(
    client,
    { ...start, type: MANDATE_SETUP, taskQueue },
    ({ standing }) => standing !== undefined && standing.state !== "creating",
    AbortSignal.timeout(CHECKOUT_WITHIN_MS),
  );
  if (memo === null) throw new TemporalUnavailableError("the mandate is not shown yet");
  if (memo.standing?.state === "refused") throw refusalOf(memo.standing);
  return memo.standing ?? null;
}

const STATUS = { shadow: 409, refused_by_dodo: 422, not_made: 409 } as const;

function refusalOf({ refusal, reason }: MandateStatus): Problem {
  const code = refusal ?? "refused_by_dodo";
  return new Problem(STATUS[code], code, reason);
}
