import { endpointInWords } from "../../common/endpoint";

const before = { ...process.env };
beforeEach(() => {
  delete process.env.AWS_ENDPOINT_URL;
  delete process.env.SLACK_API_URL;
});
afterEach(() => {
  process.env = { ...before };
});

test.each([
  ["AWS_ENDPOINT_URL", undefined, ""],
  ["AWS_ENDPOINT_URL", "no URL", ""],
  ["AWS_ENDPOINT_URL", "http://localhost:4566/s3cret?a=s3cret#s", " at AWS_ENDPOINT_URL=http://localhost:4566"],
  ["SLACK_API_URL", undefined, ""],
  ["SLACK_API_URL", "https://example.com/secret/?secret=1", " at SLACK_API_URL=https://example.com"],
] as const)("%s %j is %j in a sentence, which never repeats more than the origin", (variable, url, words) => {
  if (url !== undefined) process.env[variable] = url;
  expect(endpointInWords(variable)).toBe(words);
  if (variable === "AWS_ENDPOINT_URL") expect(endpointInWords()).toBe(words);
});
