import type { FastifyReply, FastifyRequest } from "fastify";
import { browserRecipient } from "./browser-recipient.ts";
import type { CustomerPageDependencies } from "./customer-request.ts";
import { renderPayPage, themeOf } from "./pay-page.ts";

/** Answers a request whose address cannot be read with the page of an invalid link. */
export function invalidLinkPage({ brand, publicUrl, now }: CustomerPageDependencies) {
  const theme = themeOf(brand, publicUrl);
  return ({ headers }: Pick<FastifyRequest, "headers">, reply: FastifyReply): FastifyReply => {
    const recipient = browserRecipient({ query: {}, headers }, brand, null, now());
    return reply
      .code(404)
      .headers({ ...theme.headers, "content-language": recipient.language })
      .send(renderPayPage({ kind: "unknown" }, null, recipient, theme));
  };
}
