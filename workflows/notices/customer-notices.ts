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
import { RESERVE_NOTICE_UPDATE } from "../contract.ts";

/** `reserved`: the notices that the previous run carried over. */
export type CustomerNoticesInput = { readonly reserved?: readonly ReservedNotice[] };

/**
 * Counts the notices that one customer is sent, across all subscriptions and recoveries. Ends a week after the last
 * request.
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
  for (let seen = -1; seen !== requests;) {
    seen = requests;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof customerNotices>({ reserved });
    }
    await condition(() => requests !== seen, REMEMBERED_MS, { summary: "a week without a notice" });
  }
}
