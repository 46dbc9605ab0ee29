import { defaultPayloadConverter, type Headers } from "@temporalio/common";
import { LINK_HEADER, TRACE_HEADER } from "../../domain/values/trace-headers.ts";
import type { Carrier, NewSpan } from "./tracing.ts";

export function headersWith(headers: Headers, carrier: Carrier): Headers {
  if (carrier["traceparent"] === undefined) return headers;
  return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(carrier) };
}

/** What a span is part of, or linked to. */
export function originOf(headers: Headers): Pick<NewSpan, "parent" | "link"> {
  const link = carrierIn(headers, LINK_HEADER);
  const parent = carrierIn(headers, TRACE_HEADER);
  if (parent !== null) return { parent };
  return link === null ? {} : { link };
}

const TRACE_PARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Null for anything but a trace: other programs may send messages too. */
function carrierIn(headers: Headers, name: string): Carrier | null {
  const payload = headers[name];
  if (payload === undefined) return null;
  try {
    const { traceparent } = defaultPayloadConverter.fromPayload<Record<string, unknown>>(payload);
    const isTrace = typeof traceparent === "string" && TRACE_PARENT.test(traceparent);
    return isTrace ? { traceparent } : null;
  } catch {
    return null;
  }
}
