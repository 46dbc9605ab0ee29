import { type Client, WithStartWorkflowOperation } from "@temporalio/client";
import type { Workflow } from "@temporalio/common";
import type { NoticeDependencies } from "../activities/notices/send-notice.ts";
import type { NotifyOperatorDependencies } from "../activities/operator/notify-operator.ts";
import type { DeliveryDependencies } from "../activities/webhooks/delivery.ts";
import type { NoticeAnswer, NoticeRequest } from "../domain/notice/weekly-cap.ts";
import {
  CUSTOMER_NOTICES,
  deliveryOf,
  noticeCountOf,
  OPERATOR_ALERTS,
  operatorAlertsOf,
  TAKE_NOTICE_UPDATE,
  WEBHOOK_DELIVERY,
} from "../workflows/contract.ts";

/** A worker of this queue counts; it answers in milliseconds where there is one. */
const COUNTED_WITHIN_MS = 20_000;

/** Hands over to workflows of their own: once Temporal has it, it outlives this process. */
export function createHandovers(
  client: Client,
  taskQueue: string,
): Pick<DeliveryDependencies, "handOver"> &
  Pick<NotifyOperatorDependencies, "report"> &
  Pick<NoticeDependencies, "takeNotice"> {
  return {
    handOver: async (subscriptionId, publications) => {
      const options = deliveryOf(subscriptionId, publications);
      await client.workflow.signalWithStart(WEBHOOK_DELIVERY, { ...options, taskQueue });
    },
    report: async (report) => {
      await client.workflow.signalWithStart(OPERATOR_ALERTS, operatorAlertsOf(taskQueue, report));
    },
    takeNotice: async (customerId, request) => {
      const startWorkflowOperation = new WithStartWorkflowOperation(CUSTOMER_NOTICES, {
        ...noticeCountOf(customerId),
        taskQueue,
      });
      // Where it is slow the notice is tried again, as where the mail server is: a charge waits for neither.
      return await client.withAbortSignal(
        AbortSignal.timeout(COUNTED_WITHIN_MS),
        async () =>
          await client.workflow.executeUpdateWithStart<Workflow, NoticeAnswer, [NoticeRequest]>(
            TAKE_NOTICE_UPDATE,
            { args: [request], startWorkflowOperation },
          ),
      );
    },
  };
}
