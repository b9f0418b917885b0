import fc from "fast-check";
import { jsonText } from "../../cli/json";
import { HOSTILE_JSON, hostileCopies, obeyedIn } from "../support/hostile";

test("JSON that is printed has nothing that is obeyed, and is the same value", () => {
  for (const value of hostileCopies({ a: [1, "b", { c: null }], "⚠️": "\\##[x" })) {
    expect(JSON.parse(jsonText(value))).toEqual(value);
    expect(obeyedIn(jsonText(value))).toEqual([]);
  }
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      expect(JSON.parse(jsonText([value, HOSTILE_JSON]))).toEqual(JSON.parse(JSON.stringify([value, HOSTILE_JSON])));
      expect(obeyedIn(jsonText(value))).toEqual([]);
    }),
  );
});
