// The least a server can do: the same bytes to every open stream, with nothing behind it.
import { createServer } from "node:http";

const [events, bytes] = process.argv.slice(2).map(Number);
const open = new Set();
const server = createServer((request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(": connected\n\n");
  open.add(response);
  request.on("close", () => open.delete(response));
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
process.stdin.once("data", () => {
  let sent = 0;
  const timer = setInterval(() => {
    const data = JSON.stringify({ at: Date.now(), filling: "x".repeat(bytes) });
    for (const response of open) response.write(`data: ${data}\n\n`);
    sent += 1;
    if (sent === events) clearInterval(timer);
  }, 83);
});
