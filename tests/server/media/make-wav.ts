/** A WAV of 16-bit stereo: a steady tone, so that every instant of it can be told from silence. */
export function makeWav(seconds: number, { sampleRate = 44_100, hz = 440, channels = 2 } = {}): Buffer {
  const frameCount = Math.round(seconds * sampleRate);
  const data = Buffer.alloc(frameCount * channels * 2);
  for (let frame = 0; frame < frameCount; frame++) {
    const value = Math.round(12_000 * Math.sin((2 * Math.PI * hz * frame) / sampleRate));
    for (let channel = 0; channel < channels; channel++)
      data.writeInt16LE(value, (frame * channels + channel) * 2);
  }
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * channels * 2, 28);
  head.writeUInt16LE(channels * 2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** Root mean square of a part of a sound, dBFS. */
export function loudness(sound: Float32Array, fromSeconds: number, toSeconds: number): number {
  const part = sound.subarray(Math.round(fromSeconds * 48_000), Math.round(toSeconds * 48_000));
  if (part.length === 0) throw new Error(`the sound has nothing from ${fromSeconds} s on`);
  return 20 * Math.log10(Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length) + 1e-9);
}

/** The pitch of a part of a sound, Hz, by counting how often it rises through zero. */
export function pitch(sound: Float32Array, fromSeconds: number, toSeconds: number): number {
  const part = sound.subarray(Math.round(fromSeconds * 48_000), Math.round(toSeconds * 48_000));
  let rises = 0;
  for (let at = 1; at < part.length; at++)
    if ((part[at - 1] as number) < 0 && (part[at] as number) >= 0) rises++;
  return rises / (toSeconds - fromSeconds);
}
