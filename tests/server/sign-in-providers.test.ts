import { expect, test } from "vitest";
import { readClaims, readGitHubAccount } from "@/lib/server/sign-in-providers";

const claims = { iss: "https://id.example", sub: "7", name: "Ada", email: "ada@example.com" };

for (const verified of [true, "true"]) {
  test(`an address counts when the issuer says that it is verified (${JSON.stringify(verified)})`, () => {
    expect(readClaims({ ...claims, email_verified: verified })).toEqual({
      issuer: "https://id.example",
      subject: "7",
      name: "Ada",
      verifiedEmail: "ada@example.com",
    });
  });
}

for (const verified of [false, "false", undefined, null, ""]) {
  test(`an address does not count when email_verified is ${JSON.stringify(verified)}`, () => {
    expect(readClaims({ ...claims, email_verified: verified }).verifiedEmail).toBeNull();
  });
}

test("a token without issuer or subject names nobody", () => {
  expect(() => readClaims({ sub: "7" })).toThrow();
  expect(() => readClaims({ iss: "https://id.example", sub: "" })).toThrow();
});

const octocat = { id: 583_231, login: "octocat", name: null, email: "typed-by-anybody@example.com" };

test("of GitHub's addresses only the primary verified one counts, never that of the profile", async () => {
  const emails = [
    { email: "old@example.com", primary: false, verified: true },
    { email: "octocat@example.com", primary: true, verified: true },
  ];
  expect(await readGitHubAccount("token", github({ "/user": octocat, "/user/emails": emails }))).toEqual({
    issuer: "https://github.com",
    subject: "583231",
    name: "octocat",
    verifiedEmail: "octocat@example.com",
  });
});

test("a GitHub account whose primary address is not verified has none", async () => {
  const emails = [
    { email: "victim@example.com", primary: true, verified: false },
    { email: "other@example.com", primary: false, verified: true },
  ];
  const account = await readGitHubAccount("token", github({ "/user": octocat, "/user/emails": emails }));
  expect(account.verifiedEmail).toBeNull();
});

test("a refusal of GitHub's is an error, not a person without an address", async () => {
  await expect(readGitHubAccount("token", github({ "/user": octocat }))).rejects.toThrow("404");
});

function github(answers: Record<string, unknown>): typeof fetch {
  return async (input, init) => {
    expect(new Headers(init?.headers).get("authorization")).toBe("Bearer token");
    const { origin, pathname } = new URL(String(input));
    expect(origin).toBe("https://api.github.com");
    const answer = answers[pathname];
    return answer ? Response.json(answer) : new Response(null, { status: 404 });
  };
}
