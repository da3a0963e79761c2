import { type VideoSample, VideoSampleSink } from "mediabunny";
import sharp, { type Sharp } from "sharp";
import { MediaError, type MediaTasks, type PixelSize } from "./media-tasks";
import { withFilm } from "./open-film";
import type { WriteWhole } from "./write-whole";
import { rgbFromYuv, yuvOver } from "./yuv";

/** A picture of nothing is no better for being larger. */
const PLAIN_SIDE_PX_MAX = 1_920;
const PLAIN_COLOUR = "#202020";
const POSTER_JPEG = { quality: 90, chromaSubsampling: "4:4:4" } as const;

/** Writes the film's first picture, upright, as a JPEG. Returns its size, px. Throws MediaError. */
export async function makePoster(
  { path, outputPath }: MediaTasks["make-poster"]["input"],
  writeWhole: WriteWhole,
): Promise<PixelSize> {
  const picture = await withFilm(path, async ({ video }) => {
    const sample = await new VideoSampleSink(video).getSample(await video.getFirstTimestamp());
    if (!sample) throw new MediaError("input", "is damaged: its first picture is missing");
    return asPicture(sample).finally(() => sample.close());
  });
  // Outside, since what goes wrong from here on is not the film's fault.
  return writeJpeg(picture, outputPath, writeWhole);
}

/** Writes a plain dark picture of that shape, for a film that has no other. Returns its size, px. */
export function makePlainPoster(
  { width, height, outputPath }: MediaTasks["make-plain-poster"]["input"],
  writeWhole: WriteWhole,
): Promise<PixelSize> {
  const scale = Math.min(1, PLAIN_SIDE_PX_MAX / Math.max(width, height));
  const size = { width: Math.ceil(width * scale), height: Math.ceil(height * scale) };
  return writeJpeg(
    sharp({ create: { ...size, channels: 3, background: PLAIN_COLOUR } }),
    outputPath,
    writeWhole,
  );
}

function writeJpeg(picture: Sharp, outputPath: string, writeWhole: WriteWhole): Promise<PixelSize> {
  return writeWhole(outputPath, async (temporaryPath) => {
    const { width, height } = await picture.jpeg(POSTER_JPEG).toFile(temporaryPath);
    return { width, height };
  });
}

async function asPicture(sample: VideoSample): Promise<Sharp> {
  const upright = (picture: Sharp) =>
    picture
      .rotate(sample.rotation)
      .flop(sample.flip)
      .resize(sample.displayWidth, sample.displayHeight, { fit: "fill" });
  const { codedWidth: width, codedHeight: height } = sample;
  if (sample.format === "I420" && sample.colorSpace.fullRange !== true) {
    const data = new Uint8Array(sample.allocationSize());
    await sample.copyTo(data);
    const rgb = rgbFromYuv(yuvOver(data, width, height), matrixOf(sample));
    return upright(sharp(rgb, { raw: { width, height, channels: 3 } }));
  }
  const rgba = new Uint8Array(sample.allocationSize({ format: "RGBA" }));
  await sample.copyTo(rgba, { format: "RGBA" });
  return upright(sharp(rgba, { raw: { width, height, channels: 4 } }).removeAlpha());
}

// A film that does not say is BT.709 if it is high definition, as players assume.
function matrixOf({ colorSpace, codedHeight, codedWidth }: VideoSample): "bt709" | "bt601" {
  if (colorSpace.matrix === "bt709") return "bt709";
  if (colorSpace.matrix) return "bt601";
  return Math.min(codedWidth, codedHeight) >= 720 ? "bt709" : "bt601";
}
