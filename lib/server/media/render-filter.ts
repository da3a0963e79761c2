import { toAvFrame } from "@mediabunny/server";
import type { AudioSample, VideoSample } from "mediabunny";
import {
  AVCOL_RANGE_JPEG,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  FFmpegError,
  Filter,
  type FilterContext,
  FilterGraph,
  FilterInOut,
  Frame,
} from "node-av";
import type { PixelSize } from "./media-tasks";
import type { YuvPicture } from "./yuv";

/** Turns decoded sound of any rate and any channels into interleaved stereo floats, piece by piece. */
export type SoundConverter = {
  convert(sample: AudioSample): Promise<Float32Array<ArrayBuffer>[]>;
  /** What was still held back. */
  finish(): Promise<Float32Array<ArrayBuffer>[]>;
  close(): void;
};

export function createSoundConverter(sampleRate: number): SoundConverter {
  let chain: FilterChain | null = null;
  const given = openFrame();
  return {
    async convert(sample) {
      await toAvFrame(sample, given);
      const { nbChannels, mask } = given.channelLayout;
      chain ??= await openChain(
        "abuffer",
        [
          `sample_rate=${given.sampleRate}`,
          `sample_fmt=${given.format}`,
          `channel_layout=${mask > 0n ? `0x${mask.toString(16)}` : `${nbChannels}c`}`,
          `time_base=1/${given.sampleRate}`,
        ],
        // FFmpeg's own way to two channels makes a single one quieter.
        `${nbChannels === 1 ? "pan=stereo|c0=c0|c1=c0," : ""}aresample=${sampleRate},aformat=sample_fmts=flt:channel_layouts=stereo`,
        "abuffersink",
      );
      const converted = await chain.push(given, soundIn);
      given.unref();
      return converted;
    },
    async finish() {
      return chain ? chain.push(null, soundIn) : [];
    },
    close() {
      chain?.close();
      given.free();
    },
  };
}

function soundIn(frame: Frame): Float32Array<ArrayBuffer> {
  const bytes = frame.data?.[0];
  if (!bytes) throw new Error("a piece of sound has no memory");
  const samples = new Float32Array(frame.nbSamples * 2);
  new Uint8Array(samples.buffer).set(bytes.subarray(0, samples.byteLength));
  return samples;
}

/** Turns decoded pictures of any kind into upright ones of a film's size and colours. */
export type PictureConverter = {
  convert(sample: VideoSample, into: YuvPicture): Promise<void>;
  close(): void;
};

export function createPictureConverter(film: PixelSize): PictureConverter {
  let chain: FilterChain | null = null;
  const given = openFrame();
  return {
    async convert(sample, into) {
      await toAvFrame(sample, given);
      chain ??= await openChain(
        "buffer",
        [
          `video_size=${given.width}x${given.height}`,
          `pix_fmt=${given.format}`,
          "time_base=1/1000000",
          `colorspace=${given.colorSpace}`,
          `range=${given.colorRange}`,
        ],
        [...turnsOf(sample), ...scalingOf(sample, given, film), "format=yuv420p"].join(","),
        "buffersink",
      );
      const drawn = await chain.push(given, (frame) => copyPlanes(frame, into));
      given.unref();
      if (drawn.length !== 1) throw new Error("a picture was lost on its way through the filter");
    },
    close() {
      chain?.close();
      given.free();
    },
  };
}

function turnsOf({ rotation, flip }: VideoSample): string[] {
  const turns = { 0: [], 90: ["transpose=clock"], 180: ["hflip", "vflip"], 270: ["transpose=cclock"] };
  return [...turns[rotation], ...(flip ? ["hflip"] : [])];
}

/** Covers the film and crops what stands over, as pictures are shown; ends in BT.709, limited range. */
function scalingOf(sample: VideoSample, given: Frame, film: PixelSize): string[] {
  const { displayWidth, displayHeight } = sample;
  const scale = Math.max(film.width / displayWidth, film.height / displayHeight);
  const even = (px: number, atLeast: number) => Math.max(atLeast, 2 * Math.round(px / 2));
  const width = even(displayWidth * scale, film.width);
  const height = even(displayHeight * scale, film.height);
  const colours = [
    `in_color_matrix=${matrixOf(sample)}`,
    `in_range=${sample.colorSpace.fullRange === true || given.colorRange === AVCOL_RANGE_JPEG ? "pc" : "tv"}`,
    "out_color_matrix=bt709",
    "out_range=tv",
  ];
  return [
    `scale=${width}:${height}:flags=bicubic+accurate_rnd+full_chroma_int:${colours.join(":")}`,
    `crop=${film.width}:${film.height}`,
    "setsar=1",
  ];
}

// A film that does not say is BT.709 if it is high definition, as players assume.
function matrixOf({ colorSpace, codedHeight, codedWidth }: VideoSample): string {
  if (colorSpace.matrix === "bt709") return "bt709";
  if (colorSpace.matrix) return "smpte170m";
  return Math.min(codedWidth, codedHeight) >= 720 ? "bt709" : "smpte170m";
}

function copyPlanes(frame: Frame, into: YuvPicture): void {
  const widths = [into.width, into.width / 2, into.width / 2];
  for (const [index, plane] of [into.y, into.u, into.v].entries()) {
    const source = frame.data?.[index];
    const stride = frame.linesize[index];
    const width = widths[index];
    if (!source || !stride || !width) throw new Error("a converted picture has no memory");
    for (let to = 0, from = 0; to < plane.length; to += width, from += stride) {
      plane.set(source.subarray(from, from + width), to);
    }
  }
}

type FilterChain = {
  /** Gives the filters a frame, or the end, and reads everything that they have ready. */
  push<Read>(frame: Frame | null, read: (frame: Frame) => Read): Promise<Read[]>;
  close(): void;
};

async function openChain(
  sourceName: "buffer" | "abuffer",
  sourceArgs: string[],
  filters: string,
  sinkName: "buffersink" | "abuffersink",
): Promise<FilterChain> {
  const graph = new FilterGraph();
  graph.alloc();
  graph.nbThreads = 1;
  const source = graph.createFilter(filterNamed(sourceName), "source", sourceArgs.join(":"));
  const sink = graph.createFilter(filterNamed(sinkName), "sink");
  if (!source || !sink) throw new Error(`FFmpeg refused the filter's ends (${sourceArgs.join(":")})`);
  connect(graph, source, filters, sink);
  FFmpegError.throwIfError(await graph.config(), "set up the filter");
  const taken = openFrame();
  return {
    async push(frame, read) {
      FFmpegError.throwIfError(await source.buffersrcAddFrame(frame), "filter a frame");
      const results = [];
      for (;;) {
        const status = await sink.buffersinkGetFrame(taken);
        if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return results;
        FFmpegError.throwIfError(status, "take a filtered frame");
        results.push(read(taken));
        taken.unref();
      }
    },
    close() {
      taken.free();
      graph.free();
    },
  };
}

// From the filters' side: what feeds them is the graph's open output, what they feed is its open input.
function connect(graph: FilterGraph, source: FilterContext, filters: string, sink: FilterContext): void {
  const outputs = FilterInOut.createList([{ name: "in", filterCtx: source, padIdx: 0 }]);
  const inputs = FilterInOut.createList([{ name: "out", filterCtx: sink, padIdx: 0 }]);
  FFmpegError.throwIfError(graph.parsePtr(`[in]${filters}[out]`, inputs, outputs), "read the filter");
}

function filterNamed(name: string): Filter {
  const filter = Filter.getByName(name);
  if (!filter) throw new Error(`this build of FFmpeg has no ${name}`);
  return filter;
}

function openFrame(): Frame {
  const frame = new Frame();
  frame.alloc();
  return frame;
}
