import type { Garbage } from "./scenarios";

/** What a broken machine on the way answers in place of the API. */
export function garbageReply(garbage: Garbage): Response {
  if (garbage === "half-json") {
    return new Response('{"request_id":"4f0c2a7e-0000-9000-8000-000000000001","output":{"task_id":"0d6c', {
      headers: { "content-type": "application/json" },
    });
  }
  return new Response("<!doctype html>\n<html><body><h1>Welcome to nginx!</h1></body></html>\n", {
    headers: { "content-type": "text/html" },
  });
}
