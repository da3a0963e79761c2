import { registerMediabunnyServer } from "@mediabunny/server";
import { FilePathSource, Input, type InputAudioTrack, type InputVideoTrack, MP4, QTFF } from "mediabunny";
import { MediaError } from "./media-tasks";
import { readingError } from "./reading-error";

// Software only: the same film on every machine, and no search for graphics cards at the first frame.
registerMediabunnyServer({ hardwareContext: null });

export type Film = {
  mediaType: "video/mp4" | "video/quicktime";
  video: InputVideoTrack;
  audio: InputAudioTrack | null;
};

/**
 * Opens an MP4 or MOV for `use` and closes it after. Whatever goes wrong becomes a MediaError: it is the file's fault
 * (`input`), or the machine's (`process`).
 */
export async function withFilm<Result>(path: string, use: (film: Film) => Promise<Result>): Promise<Result> {
  const input = new Input({ source: new FilePathSource(path), formats: [MP4, QTFF] });
  try {
    if (!(await input.canRead()))
      throw new MediaError("input", "is not an MP4 or MOV video that can be read");
    const video = await input.getPrimaryVideoTrack();
    if (!video) throw new MediaError("input", "has no picture track");
    if (!(await video.canDecode()))
      throw new MediaError("input", "has a picture track that cannot be decoded");
    const mediaType = (await input.getFormat()) === QTFF ? "video/quicktime" : "video/mp4";
    return await use({ mediaType, video, audio: await input.getPrimaryAudioTrack() });
  } catch (cause) {
    throw readingError(cause, "is damaged: its pictures cannot be read");
  } finally {
    input.dispose();
  }
}
