/** An email that the inbox keeps. */
export type ReceivedMail = {
  readonly id: number;
  readonly at: string;
  /** The envelope's recipients. A blind copy's recipient appears in no header. */
  readonly recipients: readonly string[];
  /** Values as received, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parts inside the email, such as images, by content id. */
  readonly attachments: readonly { readonly cid: string; readonly contentType: string }[];
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
};
