// A vendor whose every task runs for ever, and who counts how often it is asked.
import { createServer } from "node:http";

let queries = 0;
const server = createServer((request, response) => {
  if (request.url === "/count") return response.end(String(queries));
  queries += 1;
  const id = request.url?.split("/").at(-1);
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ request_id: "r", output: { task_id: id, task_status: "RUNNING" } }));
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
