import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { frameAt, lastFrame, stepFrame, timeOfFrame } from "./frame-time";
import { readSound, type Sound, writeSound } from "./remembered-sound";

export type Film = {
  ref: RefObject<HTMLVideoElement | null>;
  isPlaying: boolean;
  /** The browser could not play the file. */
  isBroken: boolean;
  frame: number;
  lastFrame: number;
  sound: Sound;
  speed: number;
  isLooping: boolean;
  togglePlay: () => void;
  /** Shows exactly this frame; whether it plays on stays as it was. */
  seekFrame: (frame: number) => void;
  stepFrames: (frames: number) => void;
  setSound: (sound: Sound) => void;
  setSpeed: (speed: number) => void;
  setLooping: (isLooping: boolean) => void;
};

/** A video element with frames instead of seconds. */
export function useFilm(durationSeconds: number): Film {
  const ref = useRef<HTMLVideoElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const [frame, setFrame] = useState(0);
  const [sound, keepSound] = useState<Sound>({ volume: 1, isMuted: false });
  const [speed, setSpeed] = useState(1);
  const [isLooping, setLooping] = useState(true);

  useEffect(() => keepSound(readSound()), []);

  useEffect(() => {
    const video = ref.current;
    if (!video) return;
    video.volume = sound.volume;
    video.muted = sound.isMuted;
  }, [sound]);

  useEffect(() => {
    if (ref.current) ref.current.playbackRate = speed;
  }, [speed]);

  useEffect(() => {
    const video = ref.current;
    if (!video) return;
    const show = () => setFrame(Math.min(frameAt(video.currentTime), lastFrame(durationSeconds)));
    const follow = () => setPlaying(!video.paused);
    const fail = () => setBroken(true);
    const stopFollowing = followFrames(video, show);
    for (const name of ["play", "pause", "ended"]) video.addEventListener(name, follow);
    for (const name of ["seeked", "timeupdate"]) video.addEventListener(name, show);
    video.addEventListener("error", fail);
    // The file may have failed, or begun, before the page was alive.
    if (video.error) fail();
    follow();
    return () => {
      stopFollowing();
      for (const name of ["play", "pause", "ended"]) video.removeEventListener(name, follow);
      for (const name of ["seeked", "timeupdate"]) video.removeEventListener(name, show);
      video.removeEventListener("error", fail);
    };
  }, [durationSeconds]);

  // Opened by hand, it plays; where the browser will not have that, the button waits.
  useEffect(() => {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    ref.current?.play().catch(() => {});
  }, []);

  const seekFrame = useCallback((wanted: number) => {
    if (!ref.current) return;
    ref.current.currentTime = timeOfFrame(wanted);
    setFrame(wanted);
  }, []);

  return {
    ref,
    isPlaying,
    isBroken,
    frame,
    lastFrame: lastFrame(durationSeconds),
    sound,
    speed,
    isLooping,
    togglePlay: () => {
      const video = ref.current;
      if (!video) return;
      // Refused, for instance, where sound may not start by itself: the button still says what is.
      if (video.paused) video.play().catch(() => setPlaying(false));
      else video.pause();
    },
    seekFrame,
    stepFrames: (frames) => {
      if (Math.abs(frames) === 1) ref.current?.pause();
      seekFrame(stepFrame(frame, frames, durationSeconds));
    },
    setSound: (next) => {
      keepSound(next);
      writeSound(next);
    },
    setSpeed,
    setLooping,
  };
}

/** Calls back with every frame that is shown, where the browser can; elsewhere the time events have to do. */
function followFrames(video: HTMLVideoElement, show: () => void): () => void {
  if (!("requestVideoFrameCallback" in video)) return () => {};
  let handle = video.requestVideoFrameCallback(again);
  function again() {
    show();
    handle = video.requestVideoFrameCallback(again);
  }
  return () => video.cancelVideoFrameCallback(handle);
}
