import type { FastifyInstance } from "fastify";

/** For answers that are no page; pages and files have their own. */
const NO_CONTENT_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A year. @source RFC 6797 6.1.1 */
const HSTS = "max-age=31536000";

/** The headers of every answer, unless its route sets others. docs/SECURITY.md lists them by route. */
export function securityHeaders(publicUrl: string): Readonly<Record<string, string>> {
  return {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": NO_CONTENT_POLICY,
    ...(publicUrl.startsWith("https:") ? { "strict-transport-security": HSTS } : {}),
  };
}

export function addSecurityHeaders(app: FastifyInstance, publicUrl: string): void {
  const headers = securityHeaders(publicUrl);
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    const type = reply.getHeader("content-type");
    // The documentation page is sent as a file.
    if (typeof type === "string" && type.startsWith("text/html"))
      reply.header("cache-control", "no-store");
    done(null, payload);
  });
}
