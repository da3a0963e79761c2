import { openRoute } from "@/lib/server/api-respond";
import { answerHealth } from "@/lib/server/operations/answer-probe";

/** GET: whether the studio can do its work, as counts and times. 200, or 503 with the same words. */
export default openRoute(["GET", "HEAD"], async (_request, response, services) => {
  const { status, headers, body } = await answerHealth(services);
  response.writeHead(status, headers).end(body);
});
