import { loadStudio } from "./load-studio";
import { Studio } from "./studio";
import { studioActions } from "./studio-actions";

export default async function StudioPage() {
  return <Studio studio={await loadStudio()} opened={null} actions={studioActions} renderedAt={Date.now()} />;
}
