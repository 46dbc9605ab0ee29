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
  type TakenNotice,
  takeNotice,
} from "../../domain/notice/weekly-cap.ts";
import { TAKE_NOTICE_UPDATE } from "../contract.ts";

export type CustomerNoticesInput = { readonly taken?: readonly TakenNotice[] };

/** Counts what one customer is sent, across all subscriptions and recoveries. Ends a week after the last question. */
export async function customerNotices(input: CustomerNoticesInput): Promise<void> {
  let taken = input.taken ?? [];
  let asked = 0;
  setHandler(
    defineUpdate<NoticeAnswer, [NoticeRequest]>(TAKE_NOTICE_UPDATE),
    (request): NoticeAnswer => {
      const answered = takeNotice(taken, request);
      ({ taken } = answered);
      asked += 1;
      return answered.answer;
    },
    { description: "May this notice be sent now? {key, at, perWeek}" },
  );
  for (let known = -1; known !== asked;) {
    known = asked;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof customerNotices>({ taken });
    }
    await condition(() => asked !== known, REMEMBERED_MS, { summary: "a week without a notice" });
  }
}
