import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "@playwright/test";
import { jpegPicture } from "@/tests/support/pictures";
import { test as story } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

/** As vendors' are, but by nothing in it to be known as one. */
const KEY = "0123456789abcdef-of-a-story-0123456789abcdef";
const PROMPT = "Zwölf Boxkämpfer jagen Viktor";

/** A vendor that refuses whatever it is asked and repeats all of it: the key, the order and how it was asked. */
const test = story.extend<{ echo: { url: string; heard: () => string } }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names out of this pattern.
  echo: async ({}, use) => {
    let heard = "";
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
      const message = `${request.method} ${request.url} ${request.headers.authorization} ${body.slice(0, 500)}`;
      heard += message;
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ code: "InvalidParameter", message, request_id: "q" }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await use({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
      heard: () => heard,
    });
    server.closeAllConnections();
    server.close();
  },
});

test("the key is in nothing that the browser gets and in no line of the log, even when the vendor repeats it", async ({
  studio,
  echo,
  page,
}) => {
  const { url, output } = await studio({
    DASHSCOPE_API_KEY: KEY,
    DASHSCOPE_BASE_URL: echo.url,
    LOG_LEVEL: "debug",
  });
  const bodies: Promise<string>[] = [];
  page.on("response", (response) => {
    // What was left by going on to another page has no body.
    bodies.push(response.text().catch(() => ""));
  });

  await page.goto(url);
  const on = studioPage(page);
  await on.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await on.prompt.fill(PROMPT);
  await on.chooseTwoSeconds();
  await on.generate.click();
  const failed = on.card(PROMPT);
  await failed.getByRole("button", { name: "Details" }).click({ timeout: 30_000 });
  await expect(page.getByRole("dialog")).toContainText("Bearer");
  const pages = [await page.content()];

  await page.goto(`${url}/connections`);
  await page.getByRole("button", { name: "Test" }).first().click();
  await expect(page.getByRole("button", { name: "Test again" })).toBeVisible();
  pages.push(await page.content());
  for (const path of ["/", "/connections", "/spend", "/api/queue", "/api/metrics"])
    pages.push(await (await page.request.get(url + path)).text());
  await page.close();

  expect(echo.heard()).toContain(KEY);
  expect(echo.heard()).toContain(PROMPT);
  expect(pages.join("\n")).toContain(PROMPT);
  expect(pages.join("\n")).not.toContain(KEY);
  expect((await Promise.all(bodies)).join("\n")).not.toContain(KEY);
  expect(output()).toContain('"event":"refused"');
  expect(output()).not.toContain(KEY);
  expect(output()).not.toMatch(/Zw|Boxk|Viktor/);
});
