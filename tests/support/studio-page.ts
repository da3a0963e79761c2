import { expect, type Locator, type Page } from "@playwright/test";

/** What a creator does on the studio's page, by the names on the screen. */
export function studioPage(page: Page) {
  const composer = page.getByRole("form", { name: "New clip" });
  const clips = page.getByRole("region", { name: "Clips" });
  return {
    composer,
    clips,
    generate: composer.getByRole("button", { name: /^Generate/ }),
    prompt: composer.getByRole("textbox", { name: "Prompt" }),

    /** The card of the generation whose prompt begins so. */
    card(promptStart: string): Locator {
      return page.getByRole("article", { name: new RegExp(`^${promptStart}`) });
    },

    async dropPicture(name: string, bytes: Buffer): Promise<void> {
      // As a file manager says it: by the ending alone.
      const type = name.endsWith(".png")
        ? "image/png"
        : name.endsWith(".svg")
          ? "image/svg+xml"
          : "image/jpeg";
      await this.dropFile(name, bytes, type);
    },

    async dropFile(name: string, bytes: Buffer, type: string): Promise<void> {
      await this.dropFiles([{ name, bytes, type }]);
    },

    /** Several files in one drop. */
    async dropFiles(files: { name: string; bytes: Buffer; type: string }[]): Promise<void> {
      const data = await page.evaluateHandle(
        (given) => {
          const transfer = new DataTransfer();
          for (const { name, base64, type } of given) {
            const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
            transfer.items.add(new File([bytes], name, { type }));
          }
          return transfer;
        },
        files.map(({ name, bytes, type }) => ({ name, base64: bytes.toString("base64"), type })),
      );
      // A drop lands on whatever is under the pointer and bubbles from there.
      const target = page.getByRole("banner");
      await target.dispatchEvent("dragenter", { dataTransfer: data });
      await target.dispatchEvent("dragover", { dataTransfer: data });
      await target.dispatchEvent("drop", { dataTransfer: data });
    },

    mode: (name: "Animate" | "Between frames" | "Continue a clip") =>
      composer.getByRole("radio", { name, exact: true }),

    /** Shortest and cheapest, so that a story is about its own matter. */
    async chooseTwoSeconds(): Promise<void> {
      const slider = composer.getByRole("slider", { name: "Duration" });
      await slider.focus();
      await slider.press("Home");
      await expect(slider).toHaveAttribute("aria-valuenow", "2");
    },
  };
}
