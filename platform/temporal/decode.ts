import type { Client } from "@temporalio/client";
import type { Payload } from "@temporalio/common";

type Payloads = { readonly payloads?: readonly unknown[] | null } | null | undefined;

/** Reads the first payload of a history's field; undefined where there is none. */
export type Decode = (payloads: Payloads) => unknown;

/** @throws if a payload is not of the client's converter */
export function decoderOf(client: Client): Decode {
  const { payloadConverter } = client.options.loadedDataConverter;
  return (payloads) => {
    const [first] = payloads?.payloads ?? [];
    return first === undefined ? undefined : payloadConverter.fromPayload(first as Payload);
  };
}
