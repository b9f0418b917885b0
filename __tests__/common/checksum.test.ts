import { checksum } from "../../common/checksum";

test.each([
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["ä", "33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc"],
])("the checksum of %j is its SHA-256, as a text and as bytes of UTF-8", (text, expected) => {
  expect(checksum(text)).toBe(expected);
  expect(checksum(Buffer.from(text, "utf8"))).toBe(expected);
});
