import type { Config } from "tailwindcss";

/** `token("room")` reads `--room`; its value for both themes stands in app/globals.css. */
const token = (name: string) => `var(--${name})`;

const fourPixelSteps = Object.fromEntries(
  Array.from({ length: 193 }, (_, halfStep) => [String(halfStep / 2), `${halfStep * 2}px`]),
);

export default {
  content: ["./app/**/*.tsx", "./components/**/*.tsx"],
  theme: {
    colors: {
      transparent: "transparent",
      current: "currentColor",
      /** The dark behind everything. */
      room: token("room"),
      /** A surface that stands in the room. */
      panel: token("panel"),
      /** A control on a panel. */
      raised: token("raised"),
      /** A control that is pressed, chosen or under the pointer. */
      lifted: token("lifted"),
      line: token("line"),
      "line-strong": token("line-strong"),
      ink: token("ink"),
      muted: token("muted"),
      /** The one warm light: the next thing to do. */
      lamp: token("lamp"),
      "lamp-hover": token("lamp-hover"),
      "on-lamp": token("on-lamp"),
      /** The lamp as the colour of words, dark enough to be read in the light theme. */
      "lamp-ink": token("lamp-ink"),
      good: token("good"),
      "good-ink": token("good-ink"),
      "good-line": token("good-line"),
      bad: token("bad"),
      "bad-ink": token("bad-ink"),
      "bad-line": token("bad-line"),
      /** Under a picture that may be see-through: the white that it is filmed on. */
      paper: token("paper"),
      /** Behind pictures and films, and behind words that lie on them; the same in both themes. */
      stage: token("stage"),
      scrim: token("scrim"),
      "on-scrim": token("on-scrim"),
      "on-scrim-muted": token("on-scrim-muted"),
      /** Over the room while something lies above it. */
      veil: token("veil"),
    },
    spacing: { px: "1px", ...fourPixelSteps },
    borderRadius: { none: "0", control: "8px", card: "12px", full: "9999px" },
    fontFamily: {
      sans: ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"],
      mono: ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"],
    },
    fontSize: {
      caption: ["12px", "16px"],
      small: ["13px", "18px"],
      body: ["15px", "22px"],
      lead: ["16px", "24px"],
      title: ["20px", "26px"],
      display: ["30px", "36px"],
    },
    transitionDuration: {
      DEFAULT: token("motion-quick"),
      quick: token("motion-quick"),
      settle: token("motion-settle"),
    },
    transitionTimingFunction: { DEFAULT: "cubic-bezier(0.2, 0, 0, 1)", settle: "cubic-bezier(0.2, 0, 0, 1)" },
  },
} satisfies Config;
