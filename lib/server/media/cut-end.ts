import {
  Conversion,
  FilePathSource,
  FilePathTarget,
  Input,
  type InputFormat,
  MovOutputFormat,
  MP3,
  MP4,
  Mp3OutputFormat,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
  QTFF,
  WAVE,
  WavOutputFormat,
} from "mediabunny";
import { MediaError, type MediaTasks } from "./media-tasks";
import { readingError } from "./reading-error";
import type { WriteWhole } from "./write-whole";

type MediaType = MediaTasks["cut-end"]["output"]["mediaType"];

/**
 * Readers differ by up to two frames in how long they call an MP3, as they count its header frame or not. No film is as
 * long as the sound that a slot takes, so nobody hears what goes.
 */
const SOUND_SPARE_SECONDS = 0.1;

const KINDS: readonly {
  format: InputFormat;
  mediaType: MediaType;
  output: () => OutputFormat;
  spareSeconds: number;
}[] = [
  {
    format: QTFF,
    mediaType: "video/quicktime",
    output: () => new MovOutputFormat({ fastStart: "in-memory" }),
    spareSeconds: 0,
  },
  {
    format: MP4,
    mediaType: "video/mp4",
    output: () => new Mp4OutputFormat({ fastStart: "in-memory" }),
    spareSeconds: 0,
  },
  {
    format: WAVE,
    mediaType: "audio/wav",
    output: () => new WavOutputFormat(),
    spareSeconds: SOUND_SPARE_SECONDS,
  },
  {
    format: MP3,
    mediaType: "audio/mpeg",
    output: () => new Mp3OutputFormat(),
    spareSeconds: SOUND_SPARE_SECONDS,
  },
];

/** Copies a sound or a film up to `secondsMax`, packet by packet: what stays is what was there. Throws MediaError. */
export async function cutEnd(
  { path, outputPath, secondsMax }: MediaTasks["cut-end"]["input"],
  writeWhole: WriteWhole,
): Promise<MediaTasks["cut-end"]["output"]> {
  const input = new Input({ source: new FilePathSource(path), formats: KINDS.map(({ format }) => format) });
  try {
    const format = await input.getFormat();
    const kind = KINDS.find((one) => one.format === format);
    if (!kind) throw new MediaError("input", "is no film or sound that can be cut");
    return await writeWhole(outputPath, async (temporaryPath) => {
      const conversion = await Conversion.init({
        input,
        output: new Output({ format: kind.output(), target: new FilePathTarget(temporaryPath) }),
        trim: { start: 0, end: secondsMax - kind.spareSeconds },
        copy: { mode: "forced", boundaryPolicy: "shrink" },
        // What a camera wrote into it, a place among it, is nobody's business.
        tags: {},
        showWarnings: false,
      });
      if (!conversion.isValid) throw new MediaError("input", "has a track that cannot be cut without loss");
      await conversion.execute();
      return { mediaType: kind.mediaType };
    });
  } catch (cause) {
    throw readingError(cause, "cannot be cut");
  } finally {
    input.dispose();
  }
}
