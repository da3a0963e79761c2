import { expect, test } from "vitest";
import { isAllowed, ownerIdOf } from "@/lib/server/account";

test("one person of one issuer is one owner, for ever", () => {
  expect(ownerIdOf({ issuer: "https://github.com", subject: "583231" })).toBe(
    "usr_bn20tj5n9fxbm7zj06cpgnx974",
  );
});

test("the same number at another issuer, or another split of the two, is another owner", () => {
  const owners = [
    { issuer: "https://github.com", subject: "1" },
    { issuer: "https://accounts.google.com", subject: "1" },
    { issuer: "https://github.com", subject: "2" },
  ].map(ownerIdOf);
  expect(new Set(owners).size).toBe(3);
  for (const owner of owners) expect(owner).toMatch(/^usr_[0-9a-z]{26}$/);
});

test("an address, a domain and a star each let in whom they name", () => {
  expect(isAllowed("ada@example.com", ["ada@example.com"])).toBe(true);
  expect(isAllowed("Ada@Example.com", ["ada@example.com"])).toBe(true);
  expect(isAllowed("ada@example.com", ["@example.com"])).toBe(true);
  expect(isAllowed(null, ["*"])).toBe(true);
});

test("a name that only looks like an allowed one stays out", () => {
  expect(isAllowed("ada@example.com.evil.test", ["@example.com", "ada@example.com"])).toBe(false);
  expect(isAllowed("ada@sub.example.com", ["@example.com"])).toBe(false);
  expect(isAllowed("notada@example.com", ["ada@example.com"])).toBe(false);
});

test("an address that nobody vouches for lets nobody in", () => {
  expect(isAllowed(null, ["ada@example.com", "@example.com"])).toBe(false);
});
