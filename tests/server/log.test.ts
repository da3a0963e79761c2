import { expect, it } from "vitest";
import { redactSecrets } from "@/lib/server/log";

it("strikes keys, bearer tokens and signatures out of any text", () => {
  expect(redactSecrets("Invalid API-key provided: sk-ws-H.abc_DEF-123")).not.toContain("abc_DEF");
  expect(redactSecrets("authorization: Bearer abc.def.ghi rest")).toBe("authorization: Bearer … rest");
  expect(redactSecrets("https://x.example/a.mp4?Expires=1&OSSAccessKeyId=LTAI5&Signature=a%2Fb%3D&x=1")).toBe(
    "https://x.example/a.mp4?Expires=1&OSSAccessKeyId=…&Signature=…&x=1",
  );
});
