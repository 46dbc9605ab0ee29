import {
  condition,
  continueAsNew,
  defineUpdate,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import {
  type NoticeAnswer,
  type NoticeRequest,
  REMEMBERED_MS,
  type ReservedNotice,
  reserveNotice,
} from "../../domain/notice/weekly-cap.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import { RESERVE_NOTICE_UPDATE } from "../contract.ts";

/** Longer than a notice is remembered, and than most recoveries take. */
const OPEN_FOR_MS = Math.max(30 * DAY_MS, REMEMBERED_MS);

/** `reserved`: the notices that the previous run carried over. */
export type CustomerNoticesInput = { readonly reserved?: readonly ReservedNotice[] };

/**
 * Counts the notices that one customer is sent, across all subscriptions and recoveries. Ends after a month without a
 * request, when nothing is left to count.
 */
export async function customerNotices(input: CustomerNoticesInput): Promise<void> {
  let reserved = input.reserved ?? [];
  let requests = 0;
  setHandler(
    defineUpdate<NoticeAnswer, [NoticeRequest]>(RESERVE_NOTICE_UPDATE),
    (request): NoticeAnswer => {
      const result = reserveNotice(reserved, request);
      ({ reserved } = result);
      requests += 1;
      return result.answer;
    },
    { description: "Reserve a notice, if the customer may get it now. {key, at, perWeek}" },
  );
  const isLong = (): boolean => workflowInfo().continueAsNewSuggested;
  for (let seen = -1; seen !== requests;) {
    seen = requests;
    // One timer for all notices of a month: a timer that each of them starts again would cost as much as the notice.
    if (await condition(isLong, OPEN_FOR_MS, { summary: "a month without a notice" })) {
      await continueAsNew<typeof customerNotices>({ reserved });
    }
  }
}
