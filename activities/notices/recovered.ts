import type { NoticeFacts, NoticeText } from "./compose.ts";

/** The end of it, said once to those who had been told of the failure. */
export function recovered({ amount }: NoticeFacts): NoticeText {
  return {
    subject: `Thank you: your payment of ${amount} went through`,
    paragraphs: [
      `Your payment of ${amount} has gone through and your subscription goes on. There is nothing left to do.`,
    ],
    button: null,
    afterwards: [],
  };
}
