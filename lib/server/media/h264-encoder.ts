import { EncodedPacket } from "mediabunny";
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_YUV420P,
  AVCHROMA_LOC_CENTER,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_TRC_BT709,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  Codec,
  CodecContext,
  FF_ENCODER_LIBX264,
  FFmpegError,
  Frame,
  Packet,
  Rational,
} from "node-av";
import { avcRecordOf, lengthPrefixed } from "./avc-bitstream";
import { type YuvPicture, yuvOver } from "./yuv";

export type H264Encoder = {
  /**
   * Takes the next picture as I420 bytes and gives the packets that are ready, in file order. The bytes are copied
   * before the call returns, so that the caller may draw the next picture over them at once.
   */
  encode(i420: Buffer): Promise<EncodedPacket[]>;
  /** The packets still held back. */
  finish(): Promise<EncodedPacket[]>;
  /** What a container must know to have the packets decoded. */
  decoderConfig: VideoDecoderConfig;
  close(): void;
};

const OPTIONS = { preset: "veryfast", crf: "19", profile: "high" };
const KEY_FRAME_EVERY_SECONDS = 2;
// As many as the processor has would make films differ from machine to machine, and take memory with each. No ceiling on
// the bit rate: with several threads x264 would keep to it differently each time.
const THREAD_COUNT = 3;

/**
 * H.264 High, BT.709 limited range. Mediabunny's own encoder would do, but it offers x264's slow default only and
 * leaves the colours untagged, so that players guess them from the size.
 */
export async function openH264Encoder(film: {
  width: number;
  height: number;
  framesPerSecond: number;
}): Promise<H264Encoder> {
  const { width, height, framesPerSecond } = film;
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264);
  if (!codec) throw new Error("this build of FFmpeg has no libx264");
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.timeBase = new Rational(1, framesPerSecond);
  context.framerate = new Rational(framesPerSecond, 1);
  context.gopSize = framesPerSecond * KEY_FRAME_EVERY_SECONDS;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorPrimaries = AVCOL_PRI_BT709;
  context.colorTrc = AVCOL_TRC_BT709;
  context.colorSpace = AVCOL_SPC_BT709;
  context.chromaLocation = AVCHROMA_LOC_CENTER;
  context.threadCount = THREAD_COUNT;
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  for (const [name, value] of Object.entries(OPTIONS)) context.setOption(name, value);
  FFmpegError.throwIfError(await context.open2(codec), "open the H.264 encoder");

  const frame = new Frame();
  frame.alloc();
  const packet = new Packet();
  packet.alloc();
  let frameIndex = 0;

  async function exchange(sent: Frame | null): Promise<EncodedPacket[]> {
    FFmpegError.throwIfError(await context.sendFrame(sent), "encode a picture");
    const packets: EncodedPacket[] = [];
    for (;;) {
      const status = await context.receivePacket(packet);
      if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return packets;
      FFmpegError.throwIfError(status, "take an encoded picture");
      const seconds = Number(packet.pts) / framesPerSecond;
      const data = lengthPrefixed(packet.data ?? Buffer.alloc(0));
      packets.push(
        new EncodedPacket(data, packet.isKeyframe ? "key" : "delta", seconds, 1 / framesPerSecond),
      );
      packet.unref();
    }
  }

  return {
    decoderConfig: {
      ...avcRecordOf(context.extraData ?? Buffer.alloc(0)),
      codedWidth: width,
      codedHeight: height,
      colorSpace: { primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false },
    },
    async encode(i420) {
      frame.unref();
      frame.format = AV_PIX_FMT_YUV420P;
      frame.width = width;
      frame.height = height;
      FFmpegError.throwIfError(frame.allocBuffer(), "hold a picture");
      fill(frame, yuvOver(i420, width, height));
      frame.pts = BigInt(frameIndex++);
      return exchange(frame);
    },
    finish: () => exchange(null),
    close() {
      frame.free();
      packet.free();
      context.freeContext();
    },
  };
}

// Not `frame.fromBuffer`: whatever its documentation says, it copies nothing and keeps a pointer to the bytes.
function fill(frame: Frame, picture: YuvPicture): void {
  const chromaWidth = Math.ceil(picture.width / 2);
  copyRows(picture.y, picture.width, frame, 0);
  copyRows(picture.u, chromaWidth, frame, 1);
  copyRows(picture.v, chromaWidth, frame, 2);
}

function copyRows(plane: Uint8Array, width: number, frame: Frame, planeIndex: number): void {
  const target = frame.data?.[planeIndex];
  const stride = frame.linesize[planeIndex];
  if (!target || !stride) throw new Error("the encoder's picture has no memory");
  for (let from = 0, to = 0; from < plane.length; from += width, to += stride) {
    target.set(plane.subarray(from, from + width), to);
  }
}
