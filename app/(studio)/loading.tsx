/** The room, before anything stands in it: the same places, so that nothing jumps. */
export default function StudioLoading() {
  return (
    <div aria-busy="true">
      <div className="h-13 border-line border-b" />
      <p className="sr-only">Opening the studio</p>
      <div className="lg:grid lg:grid-cols-[360px_minmax(0,1fr)] xl:grid-cols-[440px_minmax(0,1fr)]">
        <div className="hidden h-[calc(100dvh-52px)] border-line border-r p-4 lg:block">
          <div className="h-48 rounded-card border border-line bg-panel" />
        </div>
        <div className="grid grid-cols-2 gap-2.5 p-5 pt-14 sm:grid-cols-3">
          <div className="h-56 rounded-card bg-panel" />
          <div className="h-56 rounded-card bg-panel" />
          <div className="hidden h-56 rounded-card bg-panel sm:block" />
        </div>
      </div>
    </div>
  );
}
