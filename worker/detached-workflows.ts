import { type Client, WithStartWorkflowOperation } from "@temporalio/client";
import type { Workflow } from "@temporalio/common";
import type { NoticeDependencies } from "../activities/notices/send-notice.ts";
import type { NotifyOperatorDependencies } from "../activities/operator/notify-operator.ts";
import type { DeliveryDependencies } from "../activities/webhooks/delivery.ts";
import type { NoticeAnswer, NoticeRequest } from "../domain/notice/weekly-cap.ts";
import {
  CUSTOMER_NOTICES,
  deliveryStartOf,
  customerNoticesStartOf,
  OPERATOR_ALERTS,
  operatorAlertsStartOf,
  RESERVE_NOTICE_UPDATE,
  WEBHOOK_DELIVERY,
} from "../workflows/contract.ts";

/** The update needs a worker; where one runs, it answers in milliseconds. */
const RESERVE_NOTICE_TIMEOUT_MS = 20_000;

/**
 * Work that activities pass to other workflows: outgoing webhooks, operator alerts and the count of a customer's
 * notices. Each call resolves once Temporal has the work, which no longer depends on this process.
 */
export function createDetachedWorkflows(
  client: Client,
  taskQueue: string,
): Pick<DeliveryDependencies, "enqueueDelivery"> &
  Pick<NotifyOperatorDependencies, "report"> &
  Pick<NoticeDependencies, "reserveNotice"> {
  return {
    enqueueDelivery: async (subscriptionId, publications) => {
      const options = deliveryStartOf(subscriptionId, publications);
      await client.workflow.signalWithStart(WEBHOOK_DELIVERY, { ...options, taskQueue });
    },
    report: async (report) => {
      await client.workflow.signalWithStart(
        OPERATOR_ALERTS,
        operatorAlertsStartOf(taskQueue, report),
      );
    },
    reserveNotice: async (customerId, request) => {
      const startWorkflowOperation = new WithStartWorkflowOperation(CUSTOMER_NOTICES, {
        ...customerNoticesStartOf(customerId),
        taskQueue,
      });
      // After the time-out the notice is retried, as after a mail server's. No charge waits for it.
      return await client.withAbortSignal(
        AbortSignal.timeout(RESERVE_NOTICE_TIMEOUT_MS),
        async () =>
          await client.workflow.executeUpdateWithStart<Workflow, NoticeAnswer, [NoticeRequest]>(
            RESERVE_NOTICE_UPDATE,
            { args: [request], startWorkflowOperation },
          ),
      );
    },
  };
}
