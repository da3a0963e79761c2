/** The few signs that every player has; elsewhere a word is clearer. */
const SHAPES = {
  play: <path d="M7 4.5v15l12-7.5z" />,
  pause: <path d="M6.5 5h4v14h-4zM13.5 5h4v14h-4z" />,
  "sound-on": (
    <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM14.5 8.2a5 5 0 0 1 0 7.6l1.1 1.3a6.7 6.7 0 0 0 0-10.2zM17 5.4a8.6 8.6 0 0 1 0 13.2l1.1 1.3a10.3 10.3 0 0 0 0-15.8z" />
  ),
  "sound-off": (
    <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM20.6 9.6l-1.2-1.2-2.4 2.4-2.4-2.4-1.2 1.2 2.4 2.4-2.4 2.4 1.2 1.2 2.4-2.4 2.4 2.4 1.2-1.2-2.4-2.4z" />
  ),
  fullscreen: <path d="M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z" />,
  "frame-back": <path d="M16.5 5v14L7 12zM5 5h2v14H5z" />,
  "frame-on": <path d="M7.5 5v14L17 12zM17 5h2v14h-2z" />,
} as const;

export function Glyph({ shape }: { shape: keyof typeof SHAPES }) {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" fill="currentColor" aria-hidden="true">
      {SHAPES[shape]}
    </svg>
  );
}
