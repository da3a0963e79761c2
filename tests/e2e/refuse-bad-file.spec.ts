import { readdir } from "node:fs/promises";
import { type ClientRequest, request as httpRequest } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "@playwright/test";
import { jpegPicture, pngPicture } from "@/tests/support/pictures";
import { test } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

test("a bad file is refused in words, and the draft keeps what the creator wrote", async ({
  studio,
  page,
}) => {
  const { url } = await studio();
  await page.goto(url);
  const on = studioPage(page);
  await on.prompt.fill("Nobody may lose this sentence");

  const whole = await jpegPicture(1200, 900);
  const refusals: [name: string, bytes: Buffer, words: RegExp][] = [
    ["notes.png", Buffer.from("Dear diary,\n"), /“notes\.png”.*(text file|not a picture)/],
    ["empty.png", Buffer.alloc(0), /“empty\.png” is empty/],
    ["half.jpg", whole.subarray(0, whole.length / 2), /“half\.jpg” is damaged/],
    [
      "wide.png",
      await pngPicture(8001, 300),
      /“wide\.png” is 8001 × 300\. A first frame has 240 to 8000 pixels/,
    ],
  ];
  for (const [name, bytes, words] of refusals) {
    await on.dropPicture(name, bytes);
    await expect(on.composer.getByText(words)).toBeVisible();
    await expect(on.generate).toHaveAttribute("aria-disabled", "true");
  }

  await on.dropPicture("whole.jpg", whole);
  await expect(on.composer.getByText("1104 × 816")).toBeVisible();
  await expect(on.prompt).toHaveValue("Nobody may lose this sentence");
  await expect(on.generate).toHaveAttribute("aria-disabled", "false");
});

test("a good picture outlives the bad ones that come after it, and two at once are the two frames", async ({
  studio,
  page,
}) => {
  const { url } = await studio();
  await page.goto(url);
  const on = studioPage(page);
  const whole = await jpegPicture(1200, 900);
  const picture = async (name: string, width: number) => ({
    name,
    bytes: await jpegPicture(width, 600),
    type: "image/jpeg",
  });
  await on.dropFiles([await picture("good.jpg", 800), await picture("end.jpg", 700)]);
  await expect(on.composer.getByText("1104 × 816")).toBeVisible();
  await expect(on.generate).toHaveAttribute("aria-disabled", "false");

  // A place that a screen reader knew before anything was said in it.
  const said = on.composer.getByRole("region", { name: "The film" }).locator("[aria-live=polite]");
  await expect(said).toHaveCount(1);
  await expect(said).toHaveText("");
  for (const [name, bytes] of [
    // The browser knows the one, only the server the other.
    ["wide.png", await pngPicture(8001, 300)],
    ["half.jpg", whole.subarray(0, whole.length / 2)],
  ] as const) {
    await on.dropFiles([{ name, bytes, type: "image/png" }]);
    await expect(said).toHaveText(new RegExp(`“${name}” is .* “good\\.jpg” stays\\.`));
    await expect(on.composer.getByText("1104 × 816")).toBeVisible();
    await expect(on.generate).toHaveAttribute("aria-disabled", "false");
  }

  await on.dropFiles([await picture("a.jpg", 600), await picture("b.jpg", 800), await picture("c.jpg", 700)]);
  await expect(said).toHaveText("");
  await expect(on.composer.getByText("960 × 960")).toBeVisible();
  await expect(on.composer.getByRole("button", { name: "Replace the last frame" })).toBeVisible();
  await expect(
    page.getByText("“c.jpg” was left out: Wan 2.7 has no further place for it here."),
  ).toBeVisible();
  await expect(on.mode("Between frames")).toBeChecked();
});

test("a bad request is answered with its status and a sentence, and the server stays up", async ({
  studio,
  request,
}) => {
  const { url } = await studio();
  const upload = (query: string, data: Buffer) => request.post(`${url}/api/assets?${query}`, { data });
  const good = "name=a.jpg&slot=firstFrame&model=wan2.7-i2v";

  for (const [answer, status, words] of [
    [await upload(good, Buffer.from("text")), 415, "text file"],
    [await upload(good, Buffer.alloc(0)), 422, "empty"],
    [await upload("name=a.jpg", await jpegPicture(300, 300)), 400, "the model and the slot"],
    [await upload(good, Buffer.alloc(20_000_001)), 413, "20.0 MB"],
    [await request.get(`${url}/api/assets?${good}`), 405, "POST"],
    [await request.get(`${url}/api/generations?before=x`), 400, "does not exist"],
    [await request.get(`${url}/api/assets/ast_none/content`), 404, "no such file"],
  ] as const) {
    expect([answer.status(), (await answer.json()).error.message]).toEqual([
      status,
      expect.stringContaining(words),
    ]);
  }

  const order = (data: string | Buffer) =>
    request.post(`${url}/api/generations`, { headers: { "content-type": "application/json" }, data });
  for (const [body, status, words] of [
    ["{ this is not JSON", 400, "is not JSON"],
    ["", 400, "is not JSON"],
    ['{"prompt":"alone"}', 400, "not in order"],
    [`"${"x".repeat(1_000_001)}"`, 413, "longer than 1 MB"],
    [JSON.stringify(badOrder({ durationSeconds: 2.5 })), 422, "not 2.5"],
    [JSON.stringify(badOrder({ prompt: "x".repeat(6000) })), 422, "6000 characters"],
  ] as const) {
    const answer = await order(Buffer.from(body));
    expect([answer.status(), (await answer.json()).error.message]).toEqual([
      status,
      expect.stringContaining(words),
    ]);
  }
  expect(
    (await (await request.get(`${url}/api/generations?before=9999999999999.gen_${"0".repeat(26)}`)).json())
      .generations,
  ).toEqual([]);
  expect((await request.get(url)).status()).toBe(200);
});

test("a body that turns out too long is answered all the same, and a cut one leaves nothing", async ({
  studio,
}) => {
  const { url, dataDir } = await studio();
  const path = `${url}/api/assets?name=a.jpg&slot=firstFrame&model=wan2.7-i2v`;

  const tooLong = await send(path, { "x-file-size": "1000" }, (outgoing) =>
    outgoing.end(Buffer.alloc(5_000_000)),
  );
  expect([tooLong.status, tooLong.body]).toEqual([400, expect.stringContaining("larger than the 1 kB")]);
  const endless = await send(path, {}, (outgoing) => outgoing.end(Buffer.alloc(30_000_000)));
  expect([endless.status, endless.body]).toEqual([413, expect.stringContaining("20.0 MB")]);

  await new Promise<void>((resolve) => {
    const outgoing = httpRequest(path, { method: "POST", headers: { "content-length": "1000000" } });
    outgoing.on("error", () => resolve());
    outgoing.write(Buffer.alloc(500_000), () => outgoing.destroy(new Error("cut")));
  });
  await expect.poll(() => readdir(join(dataDir, "incoming", "nameless"))).toEqual([]);
  await expect.poll(() => readdir(join(dataDir, "storage")).catch(() => [])).toEqual([]);
});

function badOrder(change: Record<string, unknown>) {
  return {
    requestId: `req_${"0".repeat(26)}`,
    connectionId: "demo",
    modelId: "wan2.7-i2v",
    mode: "animate",
    media: {},
    parameters: { prompt: "", resolution: "720P", durationSeconds: 5, ...change },
    shownPrice: null,
  };
}

function send(url: string, headers: Record<string, string>, write: (outgoing: ClientRequest) => void) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const outgoing = httpRequest(url, {
      method: "POST",
      headers: { "transfer-encoding": "chunked", ...headers },
    });
    outgoing.on("error", reject);
    outgoing.on("response", async (answer) =>
      resolve({ status: answer.statusCode ?? 0, body: await text(answer) }),
    );
    write(outgoing);
  });
}
