import { randomUUID } from "node:crypto";
import type { VendorError } from "./vendor-error";

/** A JSON body with a fresh request id in front, as every reply of the API has one, unless the body has its own. */
export function jsonReply(body: object, status = 200): Response {
  return new Response(JSON.stringify({ request_id: randomUUID(), ...body }), {
    status,
    headers: { "content-type": "application/json" },
  });
}

/** `{code, message, request_id}`: an HTTP error never has an `output`. */
export function errorReply({ code, message, status }: VendorError): Response {
  return new Response(JSON.stringify({ code, message, request_id: randomUUID() }), {
    status,
    headers: { "content-type": "application/json" },
  });
}
