import type { Brand } from "../../platform/customer/brand.ts";
import type { Recipient } from "../../platform/customer/recipient.ts";
import type { Attachment, Mail } from "./mailer.ts";

/** The fields of a mail that come from the merchant's brand. */
export function brandedMail(
  brand: Brand,
  { language }: Recipient,
): Pick<Mail, "language" | "from" | "senderName" | "replyTo" | "copyTo" | "attachments"> {
  const { from, senderName, replyTo, bcc } = brand;
  return { language, from, senderName, replyTo, copyTo: bcc, attachments: logoOf(brand) };
}

const LOGO_ID = "logo@reprise";

/** The logo's address inside the mail. */
export function logoUrlOf({ logo }: Brand): string | null {
  return logo === null ? null : `cid:${LOGO_ID}`;
}

/** Attached, so that opening the mail loads nothing and cannot be tracked. */
function logoOf({ logo }: Brand): readonly Attachment[] {
  if (logo === null) return [];
  const { content, contentType } = logo;
  const filename = `logo.${contentType.replace("image/", "")}`;
  return [{ cid: LOGO_ID, filename, content, contentType }];
}
