import { isLoopback } from "../../cli/loopback";

test.each([
  ["http://127.0.0.1:4566/", true],
  ["http://[::1]:4566/", true],
  ["http://localhost/a", true],
  ["http://LOCALHOST/", true],
  ["https://localhost/", false],
  ["http://example.com/", false],
  ["http://localhost.example.com/", false],
  ["http://127.0.0.1.example.com/", false],
  ["http://127.0.0.1@example.com/", false],
  ["http://0.0.0.0/", false],
  ["file://localhost/a", false],
])("%s is without encryption, and stays on this machine: %s", (url, is) => {
  expect(isLoopback(new URL(url))).toBe(is);
});
