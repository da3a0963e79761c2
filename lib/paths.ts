/** Every address of ours. */
export const paths = {
  studio: () => "/",
  generation: (id: string) => `/generations/${id}`,
  sharePage: (token: string) => `/s/${token}`,
  signIn: () => "/sign-in",
  connections: () => "/connections",
  /** A month as `YYYY-MM`; this one when not given. */
  spend: (month?: string) => (month ? `/spend?month=${month}` : "/spend"),

  caps: () => "/api/spend",
  spendFile: (month: string) => `/api/spend.csv?month=${month}`,
  events: (after: number) => `/api/events?after=${after}`,
  queue: () => "/api/queue",
  generations: (before: string) => `/api/generations?before=${encodeURIComponent(before)}`,

  /** POST a raw file body here; the query says what it is meant for. */
  upload: (file: { fileName: string; slot: string; modelId: string }) =>
    `/api/assets?${new URLSearchParams({ name: file.fileName, slot: file.slot, model: file.modelId })}`,
  assetContent: (id: string) => `/api/assets/${id}/content`,
  assetDownload: (id: string) => `/api/assets/${id}/content?download=1`,
  /** A WEBP of at most 640 px on its longer side, of a picture or of a clip's first frame. */
  assetPreview: (id: string) => `/api/assets/${id}/preview`,
  /** A signed, expiring link by which a vendor reads an input. */
  mediaLink: (token: string) => `/api/media/${token}`,
  sharedVideo: (token: string) => `/api/shares/${token}/video.mp4`,
  sharedPoster: (token: string) => `/api/shares/${token}/poster.jpg`,
};
