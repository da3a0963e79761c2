import { expect, type Page } from "@playwright/test";
import { test } from "@/tests/support/story";

const WIDTHS_PX = [320, 345, 360, 480, 768, 1023, 1024, 1280, 1440];
/** Nobody listens there, and nobody is asked: what matters is the name that its address gives a connection. */
const FAR_AWAY = "http://a-gateway-of-ours-whose-long-name-nobody-shortened-yet.localhost:9";

test("no connection's name makes the studio wider than its window, from 320 px up", async ({
  studio,
  page,
}) => {
  const { url } = await studio({
    DASHSCOPE_API_KEY: "sk-test",
    DASHSCOPE_BASE_URL: FAR_AWAY,
    AIMLAPI_API_KEY: "sk-test",
    AIMLAPI_BASE_URL: FAR_AWAY,
  });
  for (const path of ["/", "/connections"]) {
    await page.goto(url + path);
    await expect(page.getByText(/nobody-shortened/).first()).toBeAttached();
    for (const width of WIDTHS_PX) {
      await page.setViewportSize({ width, height: 740 });
      const openForm = page.getByRole("button", { name: "Open the form" }).first();
      const hasSheet = await openForm.isVisible();
      if (hasSheet) await openForm.click();
      expect(await widthOfPage(page), `${path} at ${width} px`).toBeLessThanOrEqual(width);
      if (path === "/") {
        await expect(page.getByRole("button", { name: "Menu" })).toBeInViewport({ ratio: 1 });
        expect(await formsOverflowPx(page), `the form at ${width} px`).toBe(0);
      }
      if (hasSheet) await page.getByRole("button", { name: "Close the form" }).click();
    }
  }
});

function widthOfPage(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}

/** The form scrolls by itself, so the page does not show what is too wide for it. */
function formsOverflowPx(page: Page): Promise<number> {
  return page.getByRole("form", { name: "New clip" }).evaluate((form) => {
    const beyond = [form, ...form.querySelectorAll("*")]
      .filter((part) => getComputedStyle(part).overflowY === "auto")
      .map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    return Math.max(0, ...beyond);
  });
}
