/** H.264 as encoders give it (units after start codes) and as MP4 keeps it (units after their lengths). */

const SEQUENCE_PARAMETERS = 7;
const PICTURE_PARAMETERS = 8;

/** Rewrites a picture for MP4. Parameter sets go: they stand in the file's header. */
export function lengthPrefixed(annexB: Buffer): Uint8Array {
  const units = unitsOf(annexB).filter(
    (unit) => ![SEQUENCE_PARAMETERS, PICTURE_PARAMETERS].includes(kindOf(unit)),
  );
  const result = Buffer.alloc(units.reduce((sum, unit) => sum + 4 + unit.length, 0));
  let at = 0;
  for (const unit of units) {
    at = result.writeUInt32BE(unit.length, at);
    at += unit.copy(result, at);
  }
  return result;
}

/** The codec's full name and the AVCDecoderConfigurationRecord (ISO 14496-15, 5.3.3.1) from an encoder's header. */
export function avcRecordOf(annexBHeader: Buffer): { codec: string; description: Uint8Array } {
  const units = unitsOf(annexBHeader);
  const sps = units.find((unit) => kindOf(unit) === SEQUENCE_PARAMETERS);
  const pps = units.find((unit) => kindOf(unit) === PICTURE_PARAMETERS);
  if (!sps || !pps) throw new Error("the encoder gave no parameter sets");
  const profileAndLevel = sps.subarray(1, 4);
  const description = Buffer.concat([
    Buffer.from([1, ...profileAndLevel, 0xff, 0xe1]),
    uint16(sps.length),
    sps,
    Buffer.from([1]),
    uint16(pps.length),
    pps,
    // High profile says its chroma and depth once more: 4:2:0, 8 bits, no extensions.
    Buffer.from([0xfd, 0xf8, 0xf8, 0]),
  ]);
  return { codec: `avc1.${profileAndLevel.toString("hex")}`, description };
}

function kindOf(unit: Buffer): number {
  return (unit[0] as number) & 0x1f;
}

function unitsOf(annexB: Buffer): Buffer[] {
  const units: Buffer[] = [];
  const code = Buffer.from([0, 0, 1]);
  let start = annexB.indexOf(code);
  while (start !== -1) {
    const next = annexB.indexOf(code, start + 3);
    let end = next === -1 ? annexB.length : next;
    while (end > start + 3 && annexB[end - 1] === 0) end--;
    if (end > start + 3) units.push(annexB.subarray(start + 3, end));
    start = next;
  }
  return units;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
