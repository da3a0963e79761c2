import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "@playwright/test";
import { readFilm } from "@/tests/fixtures/media/read-film";
import { jpegPicture } from "@/tests/support/pictures";
import { test } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

let place: string;
test.beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "firstframe-backup-"));
});
test.afterEach(() => rm(place, { recursive: true, force: true }));

test("a studio at work is backed up, lost and restored: its clips play, and the one on its way arrives", async ({
  studio,
  page,
}) => {
  test.slow();
  const { url, dataDir, kill, restart } = await studio();
  await page.goto(url);
  const on = studioPage(page);
  const order = async (prompt: string) => {
    await on.prompt.fill(prompt);
    await on.generate.click();
    return on.card(prompt);
  };
  await on.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await on.chooseTwoSeconds();
  const kept = await order("Kept before the loss");
  await expect(kept).toHaveAccessibleName(/Ready$/, { timeout: 55_000 });
  const underWay = await order("On its way at the backup");
  await expect(underWay).toHaveAccessibleName(/Rendering$/, { timeout: 30_000 });

  const backup = join(place, "backup");
  const made = await run("backup", backup, dataDir);
  expect(made.output).toMatch(/^Backed up .*: the database and \d+ files/);
  expect(made.code).toBe(0);
  // It goes on as if nothing had been.
  await expect(underWay).toHaveAccessibleName(/Ready$/, { timeout: 55_000 });
  expect(await run("restore", backup, dataDir)).toEqual({
    code: 1,
    output: expect.stringContaining("Another Firstframe is running"),
  });

  await kill("SIGKILL");
  const restored = join(place, "restored");
  expect((await run("restore", backup, restored)).output).toMatch(
    /^Restored the backup of .* files\.\nWhat was/,
  );
  expect((await run("restore", backup, restored)).output).toContain("is not empty");
  await restart({ DATA_DIR: restored });

  await page.goto(url);
  for (const card of [kept, underWay]) await expect(card).toHaveAccessibleName(/Ready$/, { timeout: 55_000 });
  const names = await readdir(join(restored, "storage", "assets"), { recursive: true });
  const films = names.filter((name) => name.endsWith(".mp4"));
  expect(films).toHaveLength(2);
  for (const film of films) {
    const path = join(restored, "storage", "assets", film);
    expect(await readFilm(path, ({ video }) => video.computeDuration())).toBeCloseTo(2, 1);
  }
  await kept.focus();
  await page.keyboard.press("Enter");
  const film = page.getByRole("dialog").locator("video");
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(0);
  await film.evaluate((video: HTMLVideoElement) => video.play());
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(0.2);
});

test("where the data is in PostgreSQL or a bucket, the commands say what to do instead", async () => {
  for (const command of ["backup", "restore"] as const) {
    const { code, output } = await run(command, join(place, "backup"), place, {
      S3_BUCKET: "clips",
    });
    expect(code).toBe(1);
    expect(output).toMatch(/pg_dump[\s\S]*then the bucket[\s\S]*the bucket first/);
    expect(await readdir(place)).toEqual([]);
  }
});

type Run = { code: number; output: string };

function run(command: "backup" | "restore", folder: string, dataDir: string, more = {}): Promise<Run> {
  const { PATH = "", HOME = "" } = process.env;
  const env = { NODE_ENV: "production" as const, PATH, HOME, DATA_DIR: dataDir, ...more };
  const args = ["--import", "tsx", "--conditions=react-server", `lib/entry/${command}.ts`, folder];
  const options = { cwd: resolve(import.meta.dirname, "../.."), env };
  return new Promise((done) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}
