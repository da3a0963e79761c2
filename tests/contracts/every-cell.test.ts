import { stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ConnectionPlace, placeLabel } from "@/lib/domain/connection";
import type { GenerationParameters } from "@/lib/domain/generation";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Mode, Model, SlotName } from "@/lib/domain/models/model";
import { modelAt, placesOf } from "@/lib/domain/models/offer";
import { predictOutputSize } from "@/lib/domain/models/output-size";
import { createEmulator, type Emulator } from "@/lib/emulator/handler";
import type { Fetch } from "@/lib/server/providers/http";
import type { JobFile } from "@/lib/server/providers/provider";
import { createConnections } from "@/lib/server/providers/registry";
import { jpegPicture } from "@/tests/support/pictures";
import { openTestStudio, type TestStudio, testMedia } from "@/tests/support/test-studio";

const never = new AbortController().signal;
const PICTURE = { width: 320, height: 240 };
const FPS = 30;

type Cell = { model: Model; mode: Mode; place: ConnectionPlace };
const cells: Cell[] = catalogue.flatMap((known) =>
  placesOf(known).flatMap((place) => {
    const model = modelAt(known, place);
    return model ? (Object.keys(model.modes) as Mode[]).map((mode) => ({ model, mode, place })) : [];
  }),
);

let studio: TestStudio;
let inputs: Record<SlotName, JobFile>;
const emulators = new Map<string, Emulator>();

beforeAll(async () => {
  studio = await openTestStudio();
  const picture = await keep(await jpegPicture(PICTURE.width, PICTURE.height), ".jpg", "image/jpeg");
  const clipPath = studio.incoming.newPath(".mp4");
  await testMedia().run("render-move", {
    ...PICTURE,
    picturePath: picture.path,
    outputPath: clipPath,
    frameCount: 2 * FPS,
    framesPerSecond: FPS,
    caption: "",
    seed: 1,
  });
  inputs = {
    firstFrame: picture,
    lastFrame: await keep(await jpegPicture(PICTURE.width, PICTURE.height), ".jpg", "image/jpeg"),
    drivingAudio: await keep(silentWav(3), ".wav", "audio/wav"),
    firstClip: { path: clipPath, mediaType: "video/mp4", sizeBytes: (await stat(clipPath)).size },
  };
});
afterAll(async () => {
  await Promise.all([...emulators.values()].map((emulator) => emulator.close()));
  await studio.remove();
});

async function keep(bytes: Buffer, ending: string, mediaType: string): Promise<JobFile> {
  const path = studio.incoming.newPath(ending);
  await writeFile(path, bytes);
  return { path, mediaType, sizeBytes: bytes.length };
}

/** Sixteen-bit mono at 8 kHz. */
function silentWav(seconds: number): Buffer {
  const dataBytes = 8000 * 2 * seconds;
  const bytes = Buffer.alloc(44 + dataBytes);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + dataBytes, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8000, 24);
  bytes.writeUInt32LE(16_000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(dataBytes, 40);
  return bytes;
}

function connect(place: ConnectionPlace) {
  const name = place.vendor === "aimlapi" ? "gateway" : place.region;
  const emulator =
    emulators.get(name) ??
    createEmulator({
      dataDir: studio.incoming.pathFor(`emulator-${name}`),
      media: testMedia(),
      clock: studio.clock,
      timeScale: 1,
      expiryScale: 1,
      ...(place.vendor === "dashscope" && { region: place.region }),
    });
  emulators.set(name, emulator);
  const fetch: Fetch = (input, init) => emulator.handler(new Request(input, init));
  const env = { name: null, apiKey: "sk-cells", baseUrl: `https://${name}.vendor.test` };
  const { offered } = createConnections({
    connections: [
      place.vendor === "aimlapi"
        ? { ...env, vendor: "aimlapi" }
        : { ...env, vendor: "dashscope", region: place.region, workspaceId: null },
    ],
    fetch,
    emulatorFetch: () => Promise.reject(new Error("The demo is not part of this test")),
    now: studio.clock.now,
  });
  return { provider: offered[0]?.provider ?? expect.fail("nothing is offered"), fetch };
}

describe("every model, in every mode and place, at its lowest tier and shortest length", () => {
  it.each(cells.map((cell) => [`${cell.model.id}, ${cell.mode}, ${placeLabel(cell.place)}`, cell] as const))(
    "%s makes a film of the promised size, length and sound",
    async (_label, { model, mode, place }) => {
      const rule = model.modes[mode] ?? expect.fail("no such mode");
      const { provider, fetch } = connect(place);
      const { resolution, durationSeconds, template } = model.parameters;
      // Two seconds are the clip's own.
      const seconds = durationSeconds.values.find((value) => mode !== "continue" || value > 2) ?? 5;
      const parameters: GenerationParameters = {
        prompt: "The boat leaves the pier",
        resolution: resolution.values[0] ?? "720P",
        durationSeconds: seconds,
        ...(rule.onlyWithTemplate && template?.values[0] && { template: template.values[0] }),
      };
      const media = Object.fromEntries(rule.needs.map((slot) => [slot, inputs[slot]]));
      const job = { model, place, mode, media, parameters };
      const task = await provider.start(await provider.prepare(job, never), never);

      studio.clock.advance(10 * 60_000);
      const status = await vi.waitFor(
        async () => {
          studio.clock.advance(1_000);
          const status = await provider.check(task, never);
          expect(["queued", "running"], status.kind).not.toContain(status.kind);
          return status;
        },
        { timeout: 55_000, interval: 100 },
      );
      if (status.kind !== "succeeded") throw new Error(JSON.stringify(status));

      const path = studio.incoming.newPath(".mp4");
      await writeFile(path, Buffer.from(await (await fetch(status.result.url)).arrayBuffer()));
      expect(await testMedia().run("probe-video", { path })).toMatchObject({
        ...predictOutputSize(parameters.resolution, PICTURE),
        frameCount: FPS * seconds,
        framesPerSecond: FPS,
        audioCodec: model.sound === "silent" ? null : "aac",
      });
    },
  );
});
