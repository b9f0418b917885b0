import { causeOfFetch } from "../../../cli/network/fetch-cause";

test.each<[string, unknown, string]>([
  ["one address", new Error("connect ECONNREFUSED 127.0.0.1:9"), "connect ECONNREFUSED 127.0.0.1:9"],
  ["several addresses", { errors: [new Error("no ::1"), new Error("no 127.0.0.1")] }, "no ::1; no 127.0.0.1"],
  ["a cause without a message", new Error(""), "fetch failed"],
  ["no cause", undefined, "fetch failed"],
])("a fetch that fails with %s says why", (_, cause, words) => {
  expect(causeOfFetch(new TypeError("fetch failed", { cause }))).toBe(words);
});
