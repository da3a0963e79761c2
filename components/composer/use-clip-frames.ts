import { useEffect, useState } from "react";

const FRAME_HEIGHT_PX = 224;
const GIVE_UP_MS = 8000;
/** The end of a file is not a frame. */
const BEFORE_END_SECONDS = 0.06;

export type ClipFrame = { atSeconds: number; url: string };

/** A few frames of a clip, evenly in its time, the last one at its end; fewer while they are read, none where it cannot be. */
export function useClipFrames(url: string | null, count: number): readonly ClipFrame[] {
  const [frames, setFrames] = useState<readonly ClipFrame[]>([]);
  useEffect(() => {
    setFrames([]);
    if (url === null) return;
    const video = document.createElement("video");
    let isCurrent = true;
    void grabFrames(video, url, count, (frame) => {
      if (isCurrent) setFrames((before) => [...before, frame]);
    }).catch(() => {
      // The clip's seconds are drawn without pictures.
    });
    return () => {
      isCurrent = false;
      video.removeAttribute("src");
      video.load();
    };
  }, [url, count]);
  return frames;
}

async function grabFrames(
  video: HTMLVideoElement,
  url: string,
  count: number,
  onFrame: (frame: ClipFrame) => void,
): Promise<void> {
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  const loaded = heard(video, "loadeddata");
  video.src = url;
  await loaded;
  const canvas = document.createElement("canvas");
  canvas.height = FRAME_HEIGHT_PX;
  canvas.width = Math.round((FRAME_HEIGHT_PX * video.videoWidth) / video.videoHeight);
  const context = canvas.getContext("2d");
  const end = Math.max(0, video.duration - BEFORE_END_SECONDS);
  for (let index = 0; index < count; index += 1) {
    const sought = heard(video, "seeked");
    const atSeconds = count === 1 ? end : (end * index) / (count - 1);
    video.currentTime = atSeconds;
    await sought;
    context?.drawImage(video, 0, 0, canvas.width, canvas.height);
    onFrame({ atSeconds, url: canvas.toDataURL("image/jpeg", 0.75) });
  }
  video.removeAttribute("src");
  video.load();
}

function heard(video: HTMLVideoElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event}`)), GIVE_UP_MS);
    const settle = (act: () => void) => () => {
      clearTimeout(timer);
      act();
    };
    video.addEventListener(event, settle(resolve), { once: true });
    video.addEventListener(
      "error",
      settle(() => reject(new Error("unreadable"))),
      { once: true },
    );
  });
}
