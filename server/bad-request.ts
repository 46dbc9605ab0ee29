import type { FastifyReply, FastifyRequest, FastifyServerOptions } from "fastify";
import { STATUS_CODES } from "node:http";
import { Problem, problemBody, sendProblem } from "./api/problem.ts";
import { securityHeaders } from "./security-headers.ts";

// Requests that reach no route: Fastify's and Node's own answers have none of our headers.

/** 405 where the path has other methods, else 404. */
export function noSuchRoute({ server, url }: FastifyRequest, reply: FastifyReply): Problem {
  const methods = server.routeTable.methodsOf(url);
  if (methods.length === 0) return new Problem(404, "no_route", "There is no such route.");
  void reply.header("allow", methods.join(", "));
  return new Problem(405, "method_not_allowed", `This route has ${methods.join(", ")}.`);
}

/** @param showPage answers with the page of an invalid link */
export function badRequestOptions(
  publicUrl: string,
  showPage: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): Required<Pick<FastifyServerOptions, "frameworkErrors" | "clientErrorHandler">> {
  const headers = securityHeaders(publicUrl);
  return {
    // Such as a malformed percent sign.
    frameworkErrors: (error, request, reply) => {
      const plain = reply as FastifyReply;
      plain.headers(headers);
      if (/^\/(?:pay|reminders)\//.test(request.url)) {
        showPage(request as FastifyRequest, plain);
        return;
      }
      const status = error.statusCode ?? 400;
      void sendProblem(plain, new Problem(status, "bad_request", "The address cannot be read."));
    },
    // The parser of Node has refused the request, so there is only a connection.
    clientErrorHandler: ({ code }, socket) => {
      if (code === "ECONNRESET" || !socket.writable) {
        socket.destroy();
        return;
      }
      const problem = problemOfParser(code);
      const body = JSON.stringify(problemBody(problem));
      const lines = {
        ...headers,
        "content-type": "application/problem+json",
        "content-length": String(Buffer.byteLength(body)),
        connection: "close",
      };
      const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
      const { status } = problem;
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join("")}\r\n${body}`);
      // The sender may go on sending, and never read the answer.
      setTimeout(() => socket.destroy(), 1_000).unref();
    },
  };
}

/** @source https://nodejs.org/api/http.html, "Event: 'clientError'" */
function problemOfParser(code: string | undefined): Problem {
  if (code === "HPE_HEADER_OVERFLOW")
    return new Problem(431, "headers_too_large", "The headers are larger than 16 KiB.");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return new Problem(408, "request_timeout", "The request took too long to arrive.");
  return new Problem(400, "bad_request", "The request cannot be read.");
}
