import { childLimitsSchema } from "@/lib/server/media/media-messages";
import { serveMediaTasks } from "@/lib/server/media/serve-media-tasks";

serveMediaTasks(childLimitsSchema.parse(JSON.parse(process.argv[2] ?? "")));
