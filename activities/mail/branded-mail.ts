import type { Brand } from "../../platform/customer/brand.ts";
import type { Recipient } from "../../platform/customer/recipient.ts";
import type { Attachment, Mail } from "./mailer.ts";

/** What all mails to customers have of the merchant's brand. */
export function brandedMail(
  brand: Brand,
  { language }: Recipient,
): Pick<Mail, "language" | "senderName" | "replyTo" | "copyTo" | "attachments"> {
  const { senderName, replyTo, bcc } = brand;
  return { language, senderName, replyTo, copyTo: bcc, attachments: logoOf(brand) };
}

const LOGO_ID = "logo@reprise";

/** Where the logo is, seen from the mail. */
export function logoUrlOf({ logo }: Brand): string | null {
  return logo === null ? null : `cid:${LOGO_ID}`;
}

/** Inside the mail: nothing is fetched, so that opening it tells nobody. */
function logoOf({ logo }: Brand): readonly Attachment[] {
  if (logo === null) return [];
  const { content, contentType } = logo;
  const filename = `logo.${contentType.replace("image/", "")}`;
  return [{ cid: LOGO_ID, filename, content, contentType }];
}
