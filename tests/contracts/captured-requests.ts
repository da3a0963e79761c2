import type { Fetch } from "@/lib/server/providers/http";

export type CapturedRequest = {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  /** The form, where the body is one. */
  form: FormData | null;
};

/** A fetch that hands every request on and keeps what was sent, byte for byte. */
export function captureRequests(answer: (request: Request) => Promise<Response>) {
  const captured: CapturedRequest[] = [];
  const fetch: Fetch = async (input, init) => {
    const request = new Request(input, init);
    const { method, url } = request;
    const headers = Object.fromEntries(request.headers);
    const isForm = headers["content-type"]?.startsWith("multipart/form-data") ?? false;
    captured.push({
      method,
      url,
      headers,
      body: Buffer.from(await request.clone().arrayBuffer()),
      form: isForm ? await request.clone().formData() : null,
    });
    return answer(request);
  };
  return {
    fetch,
    captured,
    /** The requests that start a task. */
    starts: () =>
      captured.filter(({ method, url }) => method === "POST" && STARTS.test(new URL(url).pathname)),
    policies: () =>
      captured.filter(({ url }) => new URL(url).pathname.endsWith("/uploads") && url.includes("getPolicy")),
    forms: () => captured.filter(({ form }) => form !== null),
  };
}

const STARTS = /\/video-synthesis$|\/v2\/video\/generations$/;

export type Captured = ReturnType<typeof captureRequests>;
