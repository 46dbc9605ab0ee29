import DodoPayments from "dodopayments";
import nodemailer from "nodemailer";

type Mail = { readonly subject: string; readonly text: string; readonly html: string };

type Settings = {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly smtpUrl: string;
  /** What is sent, in order. */
  readonly mails: readonly Mail[];
};

/** One call to Dodo or one mail each, by the same libraries as the product's. */
export function activitiesOf({ apiKey, baseUrl, smtpUrl, mails }: Settings) {
  const dodo = new DodoPayments({ bearerToken: apiKey, baseURL: baseUrl, maxRetries: 0 });
  const transport = nodemailer.createTransport({ url: smtpUrl, pool: true, maxConnections: 4 });
  return {
    /** @returns the status of what was read, if it has one */
    read: async (route: string, ids: Readonly<Record<string, string>>): Promise<string> => {
      const path = route.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? "");
      const { status } = await dodo.get<{ readonly status?: string }>(path);
      return status ?? "";
    },
    /** @returns the payment's id */
    charge: async (subscriptionId: string, idempotencyKey: string): Promise<string> => {
      const order = { product_price: 2_900 };
      const { payment_id } = await dodo.subscriptions.charge(subscriptionId, order, {
        idempotencyKey,
      });
      return payment_id;
    },
    /** @param index of the mail */
    sendMail: async (index: number): Promise<void> => {
      const mail = mails[index % mails.length];
      const [from, to] = ["billing@shop.example", "ada@example.com"];
      await transport.sendMail({ ...mail, from, to });
    },
  };
}
