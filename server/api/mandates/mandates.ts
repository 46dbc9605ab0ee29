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
import {
  callTemporal,
  signalIfOpen,
  type SignalResult,
  TemporalUnavailableError,
} from "../../temporal/call-temporal.ts";
import { readMemo, startOnce } from "../idempotency.ts";
import { Problem } from "../problem.ts";

export type MandateSubmission = {
  readonly mandateId: MandateId;
  readonly mandate: RequestedMandate;
  /** Digest of the request body; see `fingerprintOf`. */
  readonly fingerprint: string;
  /** The name of the operator key. */
  readonly by: string;
};

/** A requested mandate as its workflow's memo has it. */
export type StoredMandate = Pick<MandateMemo, "customerId" | "productId"> & {
  /** Null until the first decision. */
  readonly status: MandateStatus | null;
};

export type Mandates = {
  /**
   * Resolves once Temporal has the request, with the checkout page if Dodo has created it in time. The same key
   * gives the same result.
   *
   * @throws Problem if the mandate is refused, or the key was used with another body
   */
  readonly request: (submission: MandateSubmission) => Promise<MandateStatus | null>;
  /** @throws Problem if there is no such mandate */
  readonly view: (mandateId: MandateId) => Promise<StoredMandate>;
  /** Passes a webhook's report to the mandate's workflow. */
  readonly signal: (mandateId: MandateId, report: MandateReport) => Promise<SignalResult>;
};

/** How long the request waits for Dodo's checkout: shorter than the gateway's own deadline. */
const CHECKOUT_WAIT_MS = 2_000;

/** @param client null until connected */
export function createMandates(client: () => Client | null, taskQueue: string): Mandates {
  return {
    request: async (submission) =>
      await callTemporal(client, (connected) => request(connected, taskQueue, submission)),
    view: async (mandateId) => {
      const memo = await callTemporal(client, (connected) =>
        readMemo<MandateMemo>(connected, MANDATE_SETUP, mandateId),
      );
      if (memo === null) throw new Problem(404, "no_mandate", `There is no mandate ${mandateId}.`);
      const { customerId, productId, status = null } = memo;
      return { customerId, productId, status };
    },
    signal: async (mandateId, report) =>
      await callTemporal(client, (connected) =>
        signalIfOpen(connected, mandateId, MANDATE_REPORTED_SIGNAL, report),
      ),
  };
}

async function request(
  client: Client,
  taskQueue: string,
  { mandateId, mandate, fingerprint, by }: MandateSubmission,
): Promise<MandateStatus | null> {
  const start = mandateStartOf(mandateId, { mandate, by }, fingerprint);
  const memo = await startOnce<MandateMemo>(
    client,
    { ...start, type: MANDATE_SETUP, taskQueue },
    ({ status }) => status !== undefined && status.state !== "creating",
    AbortSignal.timeout(CHECKOUT_WAIT_MS),
  );
  if (memo === null) throw new TemporalUnavailableError("the mandate is not visible yet");
  if (memo.status?.state === "refused") throw refusalOf(memo.status);
  return memo.status ?? null;
}

const HTTP_STATUS = { shadow: 409, refused_by_dodo: 422, not_made: 409 } as const;

function refusalOf({ refusal, reason }: MandateStatus): Problem {
  const code = refusal ?? "refused_by_dodo";
  return new Problem(HTTP_STATUS[code], code, reason);
}
