import { type InputVideoTrack, VideoSampleSink } from "mediabunny";
import { MediaError, type MediaTasks, type VideoProbe } from "./media-tasks";
import { withFilm } from "./open-film";

/** Says what a film is; decodes its first and last pictures, so that an empty or cut one shows. Throws MediaError. */
export function probeVideo({ path }: MediaTasks["probe-video"]["input"]): Promise<VideoProbe> {
  return withFilm(path, async ({ mediaType, video, audio }) => {
    const stats = await video.computePacketStats();
    if (stats.packetCount === 0) throw new MediaError("input", "has no pictures");
    const startSeconds = await video.getFirstTimestamp();
    const endSeconds = await video.computeDuration();
    await decodeAt(video, startSeconds);
    await decodeAt(video, endSeconds);
    return {
      mediaType,
      width: await video.getDisplayWidth(),
      height: await video.getDisplayHeight(),
      durationSeconds: endSeconds - startSeconds,
      frameCount: stats.packetCount,
      framesPerSecond: stats.averagePacketRate,
      videoCodec: (await video.getCodec()) ?? "unknown",
      audioCodec: audio && ((await audio.getCodec()) ?? "unknown"),
      audioDurationSeconds:
        audio && (await audio.computeDuration()) - Math.max(0, await audio.getFirstTimestamp()),
    };
  });
}

async function decodeAt(video: InputVideoTrack, seconds: number): Promise<void> {
  const sample = await new VideoSampleSink(video).getSample(seconds);
  if (!sample) throw new MediaError("input", "is damaged: a picture in it is missing");
  sample.close();
}
