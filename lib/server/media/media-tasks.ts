/**
 * The work that is done outside the server's own process, task by task. Paths are absolute; outputs are written
 * whole or not at all. Sizes are as displayed, with rotation applied. Everything here is sent between processes, so
 * it is plain data.
 */
export type MediaTasks = {
  /** Reads headers, refuses more than `pixelsMax`, then decodes the whole picture so that a damaged file shows. */
  "probe-image": { input: { path: string; pixelsMax: number }; output: ImageProbe };
  /** Reads a film's tracks and decodes its first and last pictures. */
  "probe-video": { input: { path: string }; output: VideoProbe };
  /** Reads a WAV or MP3 and decodes all of it. */
  "probe-audio": { input: { path: string }; output: AudioProbe };
  /** A WEBP with its longer side at most `sidePxMax`, upright, on white. */
  "make-preview": { input: { path: string; outputPath: string; sidePxMax: number }; output: PixelSize };
  /**
   * A JPEG or PNG without transparency and upright, as vendors want it, of at most `sizeBytesMax`. Quality is kept as far
   * as the bytes allow; it is made smaller last, and never below `sidePxMin`.
   */
  "flatten-image": {
    input: { path: string; outputPath: string; sizeBytesMax: number; sidePxMin: number };
    output: { mediaType: "image/jpeg" | "image/png" };
  };
  /** The same sound or film without what lies past `secondsMax`; nothing in it is coded anew. */
  "cut-end": {
    input: { path: string; outputPath: string; secondsMax: number };
    output: { mediaType: AudioProbe["mediaType"] | VideoProbe["mediaType"] };
  };
  /** The film's first picture as a JPEG at its full size. */
  "make-poster": { input: { path: string; outputPath: string }; output: PixelSize };
  /** A plain JPEG in its place, for a film of that shape whose first picture cannot be drawn. */
  "make-plain-poster": { input: PixelSize & { outputPath: string }; output: PixelSize };
  /** An MP4 (H.264 yuv420p, AAC, moov first) of a camera moving slowly over a picture. */
  "render-move": { input: RenderMove; output: VideoProbe };
  /** The same, from one picture to another: it starts on the one and ends on the other. */
  "render-transition": { input: RenderTransition; output: VideoProbe };
  /** The same, beginning with a film's own pictures and sound and going on from its last picture. */
  "render-continuation": { input: RenderContinuation; output: VideoProbe };
};

export type MediaTaskName = keyof MediaTasks;
export type PixelSize = { width: number; height: number };

export type ImageProbe = PixelSize & {
  mediaType: "image/jpeg" | "image/png" | "image/bmp" | "image/webp";
  hasAlpha: boolean;
  /** The file's pixels are turned by a flag in it, so that a reader that ignores the flag shows it lying down. */
  isRotatedByFlag: boolean;
  frameCount: number;
};

export type VideoProbe = PixelSize & {
  mediaType: "video/mp4" | "video/quicktime";
  durationSeconds: number;
  frameCount: number;
  framesPerSecond: number;
  videoCodec: string;
  audioCodec: string | null;
  audioDurationSeconds: number | null;
};

export type AudioProbe = { mediaType: "audio/wav" | "audio/mpeg"; durationSeconds: number };

export type FilmToRender = PixelSize & {
  outputPath: string;
  frameCount: number;
  framesPerSecond: number;
  /** Words drawn small into the lower left corner. */
  caption: string;
  /** Words drawn into the lower right corner, as vendors mark what their models made. */
  mark?: string;
  /** Decides the camera's path and the sound: the same seed gives the same film. */
  seed: number;
  /** `soft` is made for the film; a file (WAV, MP3) is cut, or followed by silence; `none` is no track at all. */
  sound?: { kind: "soft" } | { kind: "file"; path: string } | { kind: "none" };
};

export type RenderMove = FilmToRender & { picturePath: string };
export type RenderTransition = FilmToRender & { firstPicturePath: string; lastPicturePath: string };
/** `clipFrameCount` of the frames are the clip's. Where it is to end somewhere, `lastPicturePath` says on what. */
export type RenderContinuation = FilmToRender & {
  clipPath: string;
  clipFrameCount: number;
  lastPicturePath: string | null;
};

/**
 * Why a task failed. `input`: the file itself is at fault and `message` says how, in words that can follow the
 * file's name ("is cut off: its picture data ends early"). `process`: the child died, ran out of time or memory.
 */
export class MediaError extends Error {
  readonly blame: "input" | "process";

  constructor(blame: "input" | "process", message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "MediaError";
    this.blame = blame;
  }
}

/** By its shape: routes and server start-up are separate bundles, each with a class of its own. */
export function isMediaError(error: unknown): error is MediaError {
  return error instanceof Error && error.name === "MediaError" && "blame" in error;
}
