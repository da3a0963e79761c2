import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FFmpegError } from "node-av";
import { beforeAll, describe, expect, it } from "vitest";
import { isMediaError, type MediaTaskName, type MediaTasks } from "@/lib/server/media/media-tasks";
import { readingError } from "@/lib/server/media/reading-error";
import { testMedia } from "@/tests/support/test-studio";

async function blameOf<Name extends MediaTaskName>(name: Name, input: MediaTasks[Name]["input"]) {
  const error = await testMedia()
    .run(name, input)
    .catch((thrown: unknown) => thrown);
  return isMediaError(error) ? error.blame : error;
}

describe("a file that the machine does not let us read", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "firstframe-reading-"));
  });

  it("is not called damaged, be it a film, a sound or a picture", async () => {
    const path = join(folder, "none.mp4");
    const outputPath = join(folder, "out");
    expect(await blameOf("probe-video", { path })).toBe("process");
    expect(await blameOf("make-poster", { path, outputPath })).toBe("process");
    expect(await blameOf("probe-audio", { path })).toBe("process");
    expect(await blameOf("cut-end", { path, outputPath, secondsMax: 1 })).toBe("process");
    expect(await blameOf("probe-image", { path, pixelsMax: 1e6 })).toBe("process");
    // A folder opens, and no byte of it can be read.
    expect(await blameOf("probe-video", { path: folder })).toBe("process");
  });

  it("is told from one that is damaged", async () => {
    const path = join(folder, "damaged.mp4");
    await writeFile(path, "no film at all");
    expect(await blameOf("probe-video", { path })).toBe("input");
    expect(await blameOf("probe-audio", { path })).toBe("input");
  });

  it.each([
    ["too many open files", Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" })],
    ["a disk that fails", Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" })],
    ["no memory for the decoder", new FFmpegError(-12)],
    ["no memory for us", new RangeError("Array buffer allocation failed")],
    ["what wraps any of these", new Error("Unreadable", { cause: new FFmpegError(-12) })],
  ])("by %s has blame process", (_name, cause) => {
    expect(readingError(cause, "is damaged").blame).toBe("process");
  });

  it.each([
    ["the decoder's word", new FFmpegError(-1094995529)],
    ["a number out of bounds", Object.assign(new RangeError("out of range"), { code: "ERR_OUT_OF_RANGE" })],
  ])("is told from one that is bad by %s", (_name, cause) => {
    expect(readingError(cause, "is damaged")).toMatchObject({
      blame: "input",
      message: expect.stringContaining("is damaged ("),
    });
  });
});
