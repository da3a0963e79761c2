import type { IncomingHttpHeaders } from "node:http";
import { describe, expect, test } from "vitest";
import { type GuardPolicy, isLoopbackAddress, refuseRequest } from "@/lib/server/request-guard";

const local: GuardPolicy = { kind: "local" };
const signedIn: GuardPolicy = { kind: "signed-in", publicOrigin: "https://studio.example" };

function judge(policy: GuardPolicy, method: string, headers: IncomingHttpHeaders, url = "/") {
  return refuseRequest({ method, url, headers: { host: "127.0.0.1:3000", ...headers } }, policy);
}

describe("with nobody signing in", () => {
  for (const host of [
    "127.0.0.1:3000",
    "localhost:3000",
    "LOCALHOST:3000",
    "[::1]:3000",
    "127.0.0.1:8080",
    "localhost",
  ]) {
    test(`the owner's own browser may ask ${host}`, () => {
      expect(judge(local, "POST", { host, origin: `http://${host.toLowerCase()}` })).toBeNull();
    });
  }

  for (const host of [
    "studio.example",
    "localhost.evil.example:3000",
    "evil.localhost:3000",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "192.168.1.7:3000",
    "0.0.0.0:3000",
    "localhost.:3000",
    "127.0.0.1:",
    "",
  ]) {
    test(`a request to the name "${host}" is refused, so that no name can be pointed at this machine`, () => {
      expect(judge(local, "GET", { host })).not.toBeNull();
    });
  }

  for (const header of [
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-prefix",
    "forwarded",
    "via",
    "x-real-ip",
  ]) {
    test(`a request that carries ${header} came through a proxy and is refused`, () => {
      const refusal = judge(local, "GET", { [header]: "10.0.0.1" });
      expect(refusal).toMatchObject({ status: 403, message: expect.stringContaining(header) });
    });
  }

  for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]) {
    for (const origin of [
      "https://evil.example",
      "http://localhost:5173",
      "null",
      "",
      "http://127.0.0.1:3000.evil.example",
    ]) {
      test(`${method} from a page of "${origin}" is refused`, () => {
        expect(judge(local, method, { origin })?.status).toBe(403);
      });
    }
  }

  for (const site of ["cross-site", "same-site"]) {
    test(`a ${site} page may link to the studio, and may not load anything of it`, () => {
      const from = { "sec-fetch-site": site };
      const followed = { ...from, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
      expect(judge(local, "GET", followed)).toBeNull();
      expect(judge(local, "POST", followed)).not.toBeNull();
      expect(judge(local, "GET", { ...followed, "sec-fetch-dest": "iframe" })).not.toBeNull();
      expect(
        judge(local, "GET", { ...from, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }),
      ).not.toBeNull();
    });
  }

  test("the studio's own pages and typed addresses are served", () => {
    expect(judge(local, "GET", { "sec-fetch-site": "same-origin" })).toBeNull();
    expect(judge(local, "GET", { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" })).toBeNull();
  });
});

describe("with a sign-in", () => {
  test("any host and any proxy may ask", () => {
    expect(judge(signedIn, "GET", { host: "studio.example", "x-forwarded-for": "10.0.0.1" })).toBeNull();
  });

  test("a change is taken from our own pages, under PUBLIC_URL or under the host that was asked", () => {
    expect(judge(signedIn, "POST", { host: "inside:3000", origin: "https://studio.example" })).toBeNull();
    expect(judge(signedIn, "POST", { host: "studio.test", origin: "https://studio.test" })).toBeNull();
  });

  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    test(`${method} from another site's page is refused`, () => {
      expect(judge(signedIn, method, { origin: "https://evil.example" })?.status).toBe(403);
      expect(judge(signedIn, method, { origin: "null" })?.status).toBe(403);
      expect(judge(signedIn, method, { "sec-fetch-site": "cross-site" })?.status).toBe(403);
    });
  }

  test("a program, which names no origin and carries no cookie of a browser, may ask for a change", () => {
    expect(judge(signedIn, "POST", {})).toBeNull();
  });

  test("a shared clip may be embedded: reading is not a change", () => {
    expect(
      judge(signedIn, "GET", { origin: "https://blog.example", "sec-fetch-site": "cross-site" }),
    ).toBeNull();
  });
});

for (const policy of [local, signedIn]) {
  test(`a proxy-form request line is refused (${policy.kind})`, () => {
    expect(judge(policy, "GET", {}, "http://127.0.0.1:3000/")?.status).toBe(400);
  });

  test(`a request without a host is refused (${policy.kind})`, () => {
    expect(refuseRequest({ method: "GET", url: "/", headers: {} }, policy)?.status).toBe(400);
  });
}

test("what a stranger wrote into a header does not reach the answer unfiltered", () => {
  const refusal = judge(local, "GET", { host: `<script>${"x".repeat(500)}` });
  expect(refusal?.message).not.toContain("<");
  expect(refusal?.message.length).toBeLessThan(350);
});

test("only addresses that no other machine can reach count as loopback", () => {
  expect(["127.0.0.1", "127.0.0.53", "localhost", "::1"].filter((host) => !isLoopbackAddress(host))).toEqual(
    [],
  );
  expect(["0.0.0.0", "::", "192.168.1.7", "127.0.0.1.example", ""].filter(isLoopbackAddress)).toEqual([]);
});
