import sharp, { type Sharp } from "sharp";

/** A picture with something in it to see: a gradient sky with a sun. */
export function drawPicture(width: number, height: number): Sharp {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#1b1f4b"/><stop offset="0.6" stop-color="#b8445a"/><stop offset="1" stop-color="#22131c"/>
    </linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    <circle cx="65%" cy="48%" r="12%" fill="#ffcf8a"/>
    <path d="M0 ${height * 0.7} L${width * 0.3} ${height * 0.5} L${width * 0.6} ${height * 0.72} L${width} ${height * 0.55} V${height} H0 Z" fill="#1d1020"/>
  </svg>`;
  return sharp(Buffer.from(svg), { limitInputPixels: false }).removeAlpha();
}

export function jpegPicture(width: number, height: number): Promise<Buffer> {
  return drawPicture(width, height).jpeg({ quality: 90 }).toBuffer();
}

export function pngPicture(width: number, height: number): Promise<Buffer> {
  return drawPicture(width, height).png().toBuffer();
}
