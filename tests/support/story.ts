import { test as base } from "@playwright/test";
import { type Studio, startStudio } from "./studio-server";

type Fixtures = {
  studio: (env?: Record<string, string>, how?: { byNpm?: boolean }) => Promise<Studio>;
};

/** A story in the browser, with a server of its own: `const { url } = await studio()`. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names out of this pattern.
  studio: async ({}, use, info) => {
    const started: Studio[] = [];
    await use(async (env = {}, how = {}) => {
      const studio = await startStudio({ env, ...how });
      started.push(studio);
      return studio;
    });
    for (const studio of started) {
      if (info.status !== info.expectedStatus) {
        await info.attach("what the server printed", { body: studio.output(), contentType: "text/plain" });
      }
      await studio.remove();
    }
  },
});
