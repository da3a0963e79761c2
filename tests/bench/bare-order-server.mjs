// The least that a server which keeps its word can do with an order: read it, write it durably, answer.
import { createServer } from "node:http";
import Libsql from "libsql";

const database = new Libsql(process.argv[2]);
database.exec("pragma journal_mode = wal");
database.exec("pragma synchronous = full");
database.exec("create table orders (id integer primary key, body text not null)");
const insert = database.prepare("insert into orders (body) values (?)");
const server = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (chunk) => {
    text += chunk;
  });
  request.on("end", () => {
    const body = JSON.parse(text);
    insert.run(JSON.stringify(body));
    response.writeHead(201, { "content-type": "application/json" });
    response.end(JSON.stringify({ generation: body }));
  });
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
