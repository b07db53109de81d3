import { createServer } from "node:http";
import { wordCount } from "./word-count.js";

/** Answers a POSTed text with its words and their counts as JSON. */
export function server() {
  return createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(Object.fromEntries(wordCount(text))));
  });
}
